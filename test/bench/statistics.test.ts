import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentile, spread } from './statistics.ts';

test('spread gives the middle, or the mean of the two in the middle', () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  assert.deepEqual(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
  assert.throws(() => spread([]), new RangeError('no values'));
});

test('percentile is the nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => index + 1);
  assert.equal(percentile(values, 0.5), 100);
  assert.equal(percentile(values, 0.99), 198);
  assert.equal(percentile([7], 0.99), 7);
});
