import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionWindowBytes, InputBudget } from './input-budget.ts';

const half = connectionWindowBytes / 2;

test('half a window at a time is given back, whether calls are paused or not', () => {
  const budget = new InputBudget();
  for (let i = 0; i < 100; i++) {
    assert.equal(budget.take(half - 1), true);
    assert.equal(budget.giveBack(), 0);
    assert.equal(budget.take(1), true);
    budget.hold(100);
    assert.equal(budget.giveBack(), half);
  }
});

test('with very much held by paused calls the window closes, and opens again', () => {
  const budget = new InputBudget();
  budget.hold(33 * 1024 * 1024);
  assert.equal(budget.take(connectionWindowBytes), true);
  assert.equal(budget.giveBack(), 0);
  assert.equal(budget.take(1), false);
  budget.hold(-2 * 1024 * 1024);
  assert.equal(budget.giveBack(), connectionWindowBytes + 1);
});
