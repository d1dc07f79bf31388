import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { calleeDeadline, deadlineOf } from './deadline.ts';

const now = 1_000_000;

describe('deadlines', () => {
  test('come as a date, as a number, or not at all', () => {
    assert.equal(deadlineOf(new Date(now + 5), now), now + 5);
    assert.equal(deadlineOf(now - 5, now), now - 5);
    assert.equal(deadlineOf(Number.POSITIVE_INFINITY, now), now + 10_000);
  });

  const rows: readonly (readonly [remaining: number, forCallee: number])[] = [
    [100_000, 99_000],
    [10_000, 9_000],
    [1_000, 900],
    [100, 90],
    [20, 15],
    [3, -2],
    [-10, -15],
  ];
  for (const [remaining, forCallee] of rows) {
    test(`leave a callee ${forCallee} ms of ${remaining}`, () => {
      assert.equal(calleeDeadline(now + remaining, now), now + forCallee);
    });
  }
});
