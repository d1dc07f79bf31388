import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatSpread, markdownTable } from './markdown.ts';

test('numbers have three digits', () => {
  const cases: [number, string][] = [
    [12_345, '12,300'],
    [412.4, '412'],
    [41.26, '41.3'],
    [0.8512, '0.85'],
    [2.4, '2.40'],
    [0, '0'],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

test('a spread shows its range only where there is one', () => {
  assert.equal(formatSpread({ median: 2, min: 1, max: 3.5 }), '2.00 (1.00–3.50)');
  assert.equal(formatSpread({ median: 2, min: 2, max: 2 }), '2.00');
});

test('tables align their numbers to the right', () => {
  assert.equal(markdownTable(['peer', 'ms'], [['a', '1']]), '| peer | ms |\n| --- | ---: |\n| a | 1 |');
});
