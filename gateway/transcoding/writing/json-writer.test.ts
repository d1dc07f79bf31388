import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatusError } from '../../status/status-error.ts';
import { JsonWriter, token } from './json-writer.ts';

function written(write: (json: JsonWriter) => void): string {
  const json = new JsonWriter();
  write(json);
  return Buffer.from(json.lend()).toString();
}

test('floats are written in the fewest digits that give the same float', () => {
  const rows: readonly (readonly [value: number, text: string])[] = [
    [0.1, '0.1'],
    [-1.5, '-1.5'],
    [3.4028235e38, '3.4028235e+38'],
    [16777216, '16777216'],
    [1.17549435e-38, '1.1754944e-38'],
    [1.401298464324817e-45, '1e-45'],
    [1 / 3, '0.33333334'],
    [-0, '-0'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ];
  for (const [value, text] of rows)
    assert.equal(
      written((json) => json.float(Math.fround(value))),
      text,
    );
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = written((json) => json.float(value));
      assert.ok(Object.is(Math.fround(Number(text)), value));
      const precisions = [1, 2, 3, 4, 5, 6, 7, 8, 9];
      const fewest = precisions.find((precision) => Math.fround(Number(value.toPrecision(precision))) === value) ?? 9;
      assert.ok(Number(text) === Number(value.toPrecision(fewest)), text);
    }),
  );
  for (const value of [0.1, 21.37, 999.999, 99999.9, 999999.5, 0.000001, 1e-7, 123456.7, -1234.5]) {
    assert.equal(
      written((json) => json.float(Math.fround(value))),
      String(value),
    );
  }
});

test('bytes are written as base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3), (bytes, skipped) => {
      const start = Math.min(skipped, bytes.length);
      const expected = Buffer.from(bytes.subarray(start)).toString('base64');
      assert.equal(
        written((json) => json.base64(bytes, start, bytes.length)),
        `"${expected}"`,
      );
    }),
  );
});

test('doubles and 64-bit integers are written exactly', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      (value, long) => {
        assert.ok(Object.is(Number(written((json) => json.double(value))), value));
        const low = Number(BigInt.asIntN(32, long));
        const high = Number(BigInt.asIntN(32, long >> 32n));
        assert.equal(
          written((json) => json.int64(low, high)),
          `"${long}"`,
        );
        assert.equal(
          written((json) => json.uint64(low, high)),
          `"${BigInt.asUintN(64, long)}"`,
        );
      },
    ),
  );
});

test('text, tokens and bytes are written behind each other, however long', () => {
  const long = 'x'.repeat(100_000);
  const name = token('"name":');
  const blob = Buffer.alloc(100_000, 0xff);
  const text = written((json) => {
    json.byte(0x7b);
    json.token(name);
    json.string(`é"${long}`);
    json.byte(0x2c);
    json.token(token('"blob":'));
    json.base64(blob, 1, 99_999);
    json.byte(0x2c);
    json.close(0x7d);
  });
  assert.deepEqual(JSON.parse(text), { name: `é"${long}`, blob: blob.subarray(2).toString('base64') });
});

test('a text has a largest size', () => {
  const json = new JsonWriter();
  assert.throws(
    () => json.reserve(2 ** 28 + 1),
    new StatusError(13, 'the JSON of the message is larger than 268435456 bytes'),
  );
});

test('a buffer that grew large is not kept', () => {
  const json = new JsonWriter();
  const { length } = json.bytes;
  json.reserve(2 ** 21);
  assert.ok(json.bytes.length >= 2 ** 21);
  json.lend();
  assert.equal(json.bytes.length, length);
});
