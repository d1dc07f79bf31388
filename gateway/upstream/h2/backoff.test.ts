import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from './backoff.ts';

test('1 s, then 1.6 times as long each time, up to 120 s; a fifth of jitter; from the start after a success', () => {
  const backoff = new Backoff();
  const middle = () => 0.5;
  const delays = Array.from({ length: 13 }, () => Math.round(backoff.next(middle)));
  assert.deepEqual(delays, [1000, 1600, 2560, 4096, 6554, 10486, 16777, 26844, 42950, 68719, 109951, 120_000, 120_000]);
  assert.equal(Math.round(backoff.next(() => 0)), 96_000);
  assert.equal(Math.round(backoff.next(() => 1)), 144_000);
  backoff.reset();
  assert.equal(backoff.next(middle), 1000);
});
