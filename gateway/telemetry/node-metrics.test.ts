import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNodeMetrics } from './node-metrics.ts';

test("Node's own metrics, at every scrape and for every gateway of a process", async () => {
  for (const metrics of [createNodeMetrics(), createNodeMetrics()]) {
    for (const scrape of [await metrics(), await metrics()]) {
      assert.match(scrape, /^process_resident_memory_bytes \d+$/m);
      assert.match(scrape, /^nodejs_eventloop_lag_seconds /m);
    }
  }
});
