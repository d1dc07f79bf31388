import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HpackDecoder } from './hpack/decoder.ts';
import type { HeaderField } from './hpack/static-table.ts';
import { RequestHeaders } from './request-headers.ts';

function decoded(headers: RequestHeaders, decoder: HpackDecoder): HeaderField[] {
  const fields: HeaderField[] = [];
  decoder.decode(headers.block, 0, headers.length, { onField: (field) => fields.push(field) });
  return fields;
}

test('the headers of a request (PROTOCOL-HTTP2.md, Requests)', () => {
  const headers = new RequestHeaders({ scheme: 'https', authority: 'upstream:1' });
  headers.encode('/p.S/M', 10_000, [
    ['x-a', '1'],
    ['x-a', '2'],
  ]);
  assert.deepEqual(decoded(headers, new HpackDecoder()), [
    [':method', 'POST'],
    [':scheme', 'https'],
    [':path', '/p.S/M'],
    [':authority', 'upstream:1'],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ['user-agent', 'protogate'],
    ['grpc-accept-encoding', 'identity,deflate,gzip'],
    ['grpc-timeout', '10000m'],
    ['x-a', '1'],
    ['x-a', '2'],
  ]);
});

test('methods in turn, table sizes in between: always the right headers', () => {
  const headers = new RequestHeaders({ scheme: 'http', authority: 'a' });
  const decoder = new HpackDecoder();
  for (let i = 0; i < 500; i++) {
    const path = `/package.Service/Method${(i * i) % 60}`;
    if (i % 100 === 50) headers.setTableSize(i % 200 === 50 ? 100 : 4096);
    headers.encode(path, undefined, [['x-i', String(i % 7)]]);
    const fields = decoded(headers, decoder);
    assert.deepEqual(fields[2], [':path', path]);
    assert.deepEqual(fields.slice(8), [['x-i', String(i % 7)]]);
  }
});

const timeouts: readonly (readonly [milliseconds: number, text: string])[] = [
  [1, '1m'],
  [1.2, '2m'],
  [99_999_999, '99999999m'],
  [100_000_000, '100000S'],
  [1e15, '99999999S'],
];

for (const [milliseconds, text] of timeouts) {
  test(`${milliseconds} ms is "${text}"`, () => {
    const headers = new RequestHeaders({ scheme: 'http', authority: 'a' });
    headers.encode('/p', milliseconds, []);
    assert.deepEqual(decoded(headers, new HpackDecoder()).at(-1), ['grpc-timeout', text]);
  });
}
