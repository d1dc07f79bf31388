import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeInteger, writeShortDecimal } from './number-text.ts';

const out = new DataView(new ArrayBuffer(32));

function textOf(write: typeof writeInteger, value: number): string | undefined {
  const end = write(out, 0, value);
  return end < 0 ? undefined : Buffer.from(out.buffer, 0, end).toString();
}

test('integers are written as JavaScript writes them', () => {
  const edges = [9, 10, 99, 100, 999, 1e3, 999_999, 1e6, 999_999_999, 1e9, 2 ** 31, 2 ** 32 - 1, 1e12, 2 ** 53];
  for (const value of [0, ...edges, ...edges.map((edge) => -edge)]) {
    assert.equal(textOf(writeInteger, value), String(value));
  }
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => assert.equal(textOf(writeInteger, value), String(value))));
  fc.assert(fc.property(fc.integer(), (value) => assert.equal(textOf(writeInteger, value), String(value))));
});

test('decimals of up to six places are written as JavaScript writes them', () => {
  const decimal = fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 6 }));
  fc.assert(
    fc.property(decimal, ([digits, places]) => {
      const value = digits / 10 ** places;
      assert.equal(textOf(writeShortDecimal, value), String(value));
    }),
  );
  for (const value of [999_999_999.999_999, -123_456_789.000_001, 0.000_001, 0.5, 100.25, 1.1, 0, 1e8]) {
    assert.equal(textOf(writeShortDecimal, value), String(value));
  }
});

test('other doubles are written as JavaScript writes them, or not at all', () => {
  const doubles = fc.oneof(
    fc.double(),
    fc.double({ min: -1e9, max: 1e9 }),
    fc.double({ min: -1e-5, max: 1e-5 }),
    fc.integer().map((digits) => digits / 1e7),
    fc.integer().map((digits) => (digits / 1e3) * (1 + Number.EPSILON)),
  );
  fc.assert(
    fc.property(doubles, (value) => {
      const text = textOf(writeShortDecimal, value);
      assert.ok(text === undefined || text === String(value), `${text} for ${value}`);
    }),
    { numRuns: 1000 },
  );
  for (const value of [-0, 1e-7, 1e9, Number.NaN, Number.POSITIVE_INFINITY, 0.1 + 0.2, 1 / 3]) {
    assert.equal(textOf(writeShortDecimal, value), undefined);
  }
});
