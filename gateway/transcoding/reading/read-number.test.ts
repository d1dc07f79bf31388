import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonReader } from './json-reader.ts';
import { readDouble, readLongInteger, readShortInteger } from './read-number.ts';

function reader(json: string): JsonReader {
  const opened = new JsonReader();
  opened.open(Buffer.from(json), '');
  return opened;
}

test('doubles are the ones that JSON.parse gives', () => {
  const decimal = fc.tuple(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.nat(24)).map(([digits, point]) => {
    const text = String(digits < 0n ? -digits : digits).padStart(point + 1, '0');
    const fraction = point === 0 ? '' : `.${text.slice(text.length - point)}`;
    return `${digits < 0n ? '-' : ''}${text.slice(0, text.length - point)}${fraction}`;
  });
  const any = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.oneof(decimal, any), (text) => {
      for (const json of [text, `"${text}"`]) {
        const opened = reader(`${json}]`);
        assert.ok(Object.is(readDouble(opened, 'double'), JSON.parse(text)), json);
        assert.equal(opened.position, json.length);
      }
    }),
    { numRuns: 2000 },
  );
});

test('integers are exact', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 64n), 2n ** 64n), fc.nat(30), (value, zeros) => {
      const forms = [
        `${value}`,
        `"${value}"`,
        `${value}.000`,
        value === 0n ? '0e5' : `${value}${'0'.repeat(zeros)}e-${zeros}`,
      ];
      for (const form of forms) {
        const opened = reader(`${form},`);
        const short = readShortInteger(opened);
        const exact = Number.isNaN(short) ? readLongInteger(opened, 'int64', -(2n ** 64n), 2n ** 64n) : BigInt(short);
        assert.equal(exact, value, form);
        assert.equal(opened.position, form.length);
      }
    }),
  );
});

test('short integers leave alone what they cannot read', () => {
  for (const json of ['01', '-', '""', '"1', '1.0', '1e2', '"1.0"', '1234567890123456', 'x', '"+1"', '" 1"']) {
    const opened = reader(json);
    assert.ok(Number.isNaN(readShortInteger(opened)), json);
    assert.equal(opened.position, 0);
  }
  assert.ok(Object.is(readShortInteger(reader('-0')), -0));
});
