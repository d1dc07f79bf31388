import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetryBudget } from './retry-budget.ts';

test('retries stop while most calls fail, and come back with successes', () => {
  const budget = new RetryBudget();
  const allowed = Array.from({ length: 60 }, () => budget.onFailure()).filter(Boolean).length;
  assert.equal(allowed, 49);
  for (let i = 0; i < 24; i++) budget.onSuccess();
  assert.equal(budget.onFailure(), true);
  assert.equal(budget.onFailure(), false);
});
