import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metadata } from '../upstream/upstream.ts';
import { type HeaderFields, responseHeaders, responseTrailers } from './response-headers.ts';

const names = new Map([['etag', 'ETag']]);

const rows: readonly (readonly [name: string, metadata: Metadata, headers: HeaderFields])[] = [
  ['nothing', [], {}],
  ['the prefix, in canonical case', [['x-one_two.three', '1']], { 'Grpc-Metadata-X-One_two.three': '1' }],
  [
    'several values in order',
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
      ['a', ''],
    ],
    { 'Grpc-Metadata-A': ['1', '3', ''], 'Grpc-Metadata-B': '2' },
  ],
  ['binary as base64', [['a-bin', 'AAH/']], { 'Grpc-Metadata-A-Bin': 'AAH/' }],
  ['a name of its own by setting', [['etag', '"1"']], { ETag: '"1"' }],
  [
    'headers of gRPC itself',
    [
      ['content-type', 'application/grpc'],
      ['grpc-encoding', 'gzip'],
      ['date', 'x'],
    ],
    {},
  ],
  [
    'values that cannot stand in a header',
    [
      ['a', 'b\r\nSet-Cookie: c'],
      ['a', '\u0000'],
      ['a', 'caf\u00e9'],
      ['a', 'b\tc'],
    ],
    { 'Grpc-Metadata-A': 'b\tc' },
  ],
  [
    'names that cannot stand in a header',
    [
      ['a b', '1'],
      ['a:', '2'],
      ['', '3'],
    ],
    {},
  ],
  ['a name of Object.prototype', [['__proto__', '1']], { 'Grpc-Metadata-__proto__': '1' }],
];

for (const [name, metadata, headers] of rows) {
  test(`response headers: ${name}`, () => {
    assert.deepEqual(responseHeaders(metadata, names), headers);
  });
}

test('response trailers have their own prefix and no settings', () => {
  assert.deepEqual(
    responseTrailers([
      ['etag', '1'],
      ['x-end', '2'],
      ['x-end', '3'],
    ]),
    {
      'Grpc-Trailer-Etag': '1',
      'Grpc-Trailer-X-End': ['2', '3'],
    },
  );
});
