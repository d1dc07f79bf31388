import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder } from './encoder.ts';
import type { HeaderField } from './static-table.ts';

function encode(encoder: HpackEncoder, fields: readonly HeaderField[]): Buffer {
  encoder.begin();
  for (const [name, value] of fields) encoder.field(name, value);
  return Buffer.from(encoder.bytes.subarray(0, encoder.length));
}

function decode(decoder: HpackDecoder, block: Buffer): HeaderField[] {
  const fields: HeaderField[] = [];
  decoder.decode(block, 0, block.length, { onField: (field) => fields.push(field) });
  return fields;
}

test('headers that repeat cost a byte each', () => {
  const encoder = new HpackEncoder();
  const fields: readonly HeaderField[] = [
    [':method', 'POST'],
    [':path', '/package.Service/Method'],
    ['te', 'trailers'],
    ['x-forwarded-for', '127.0.0.1'],
    ['user-agent', 'test'],
  ];
  encode(encoder, fields);
  encode(encoder, fields);
  assert.equal(encode(encoder, fields).length, fields.length);
});

test('values that change with every call push nothing out', () => {
  const encoder = new HpackEncoder();
  encode(encoder, [['kept', 'value']]);
  encode(encoder, [['x-request-id', 'request 0']]);
  const version = encoder.version;
  for (let i = 1; i < 1000; i++) encode(encoder, [['x-request-id', `request ${i}`]]);
  assert.equal(encoder.version, version);
  assert.equal(encode(encoder, [['kept', 'value']]).length, 1);
});

test('secrets are never indexed, however often they come', () => {
  const encoder = new HpackEncoder();
  for (let i = 0; i < 3; i++) {
    const block = encode(encoder, [['authorization', 'Bearer x']]);
    // 0001xxxx with index 23: literal never indexed (RFC 7541, section 6.2.3).
    assert.equal(block.subarray(0, 2).toString('hex'), '1f08');
  }
});

test('a change of the table size is told at the start of the next block', () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const fields: readonly HeaderField[] = [['a', 'b']];
  decode(decoder, encode(encoder, fields));
  encoder.setTableSize(0);
  encoder.setTableSize(100_000);
  const block = encode(encoder, fields);
  assert.equal(block.subarray(0, 4).toString('hex'), '203fe11f');
  assert.deepEqual(decode(decoder, block), fields);
  encoder.setTableSize(0);
  assert.deepEqual(decode(decoder, encode(encoder, fields)), fields);
  assert.deepEqual(decode(decoder, encode(encoder, fields)), fields);
});

test('a decoder reads back whatever blocks follow each other, and whatever table sizes are set between', () => {
  const name = fc.oneof(
    fc.constantFrom(':path', 'accept', 'x-a', 'x-b', 'grpc-timeout', 'authorization'),
    fc.stringMatching(/^[a-z-]{1,20}$/),
  );
  const value = fc.oneof(
    fc.constantFrom('', 'same', 'other'),
    fc.stringMatching(/^[ -~]{0,80}$/),
    fc.constant('l'.repeat(2000)),
  );
  const block = fc.record({
    tableSize: fc.option(fc.constantFrom(0, 33, 100, 500, 4096, 65_536), { freq: 5 }),
    fields: fc.array(fc.tuple(name, value), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder();
      for (const { tableSize, fields } of blocks) {
        if (tableSize !== null) encoder.setTableSize(tableSize);
        assert.deepEqual(decode(decoder, encode(encoder, fields)), fields);
      }
    }),
  );
});
