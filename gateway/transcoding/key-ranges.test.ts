import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRanges } from './key-ranges.ts';

function rangesOf(keys: readonly string[]): { ranges: KeyRanges; bytes: Buffer } {
  const ranges = new KeyRanges();
  let end = 0;
  for (const key of keys) {
    ranges.add(end, end + key.length);
    end += key.length;
  }
  return { ranges, bytes: Buffer.from(keys.join('')) };
}

const many = Array.from({ length: 30 }, (_, n) => `key ${n}`);

const rows: readonly (readonly [keys: readonly string[], duplicate: number, last: readonly number[]])[] = [
  [[], -1, []],
  [['a'], -1, [0]],
  [['a', 'b', ''], -1, [0, 1, 2]],
  [['a', 'ab', 'b', 'ab', 'a'], 3, [2, 3, 4]],
  [['', ''], 1, [1]],
  [many, -1, [...many.keys()]],
  [[...many, 'key 7', 'key 7'], 30, [...many.keys(), 31].filter((index) => index !== 7)],
];

for (const [keys, duplicate, last] of rows) {
  test(`${keys.length} keys, the first that comes again is ${duplicate}`, () => {
    const { ranges, bytes } = rangesOf(keys);
    assert.equal(ranges.duplicate(bytes), duplicate);
    assert.deepEqual(
      [...ranges.lastOfEach(bytes)].sort((a, b) => a - b),
      last,
    );
  });
}
