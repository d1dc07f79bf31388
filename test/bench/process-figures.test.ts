import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStat } from './process-figures.ts';

test('user and system time are found behind a command that holds spaces and brackets', () => {
  const fields = Array.from({ length: 49 }, (_, index) => String(index + 4)).join(' ');
  assert.deepEqual(parseStat(`4711 (a (b) c) S ${fields}`), { parent: 4, ticks: 14 + 15 });
});
