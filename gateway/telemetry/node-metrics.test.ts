import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNodeMetrics } from './node-metrics.ts';

test("Node's own metrics, at every scrape and for every gateway of a process", async () => {
  for (const metrics of [createNodeMetrics(undefined), createNodeMetrics(undefined)]) {
    for (const scrape of [await metrics(), await metrics()]) {
      assert.match(scrape, /^process_resident_memory_bytes \d+$/m);
      assert.match(scrape, /^nodejs_eventloop_lag_seconds /m);
    }
  }
});

test('a label tells the processes of one gateway apart', async () => {
  assert.match(await createNodeMetrics('2')(), /^process_resident_memory_bytes\{worker="2"\} \d+$/m);
});
