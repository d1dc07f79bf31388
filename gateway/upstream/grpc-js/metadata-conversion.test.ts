import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metadata } from '../upstream.ts';
import { fromGrpcMetadata, toGrpcMetadata } from './metadata-conversion.ts';

const rows: readonly (readonly [name: string, metadata: Metadata, sent: Metadata])[] = [
  [
    'text and binary',
    [
      ['a', '1'],
      ['b-bin', 'AAH/'],
    ],
    [
      ['a', '1'],
      ['b-bin', 'AAH/'],
    ],
  ],
  [
    'a name again',
    [
      ['a', '1'],
      ['a', '2'],
    ],
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    'what may go only once',
    [
      ['authorization', 'x'],
      ['authorization', 'y'],
      ['etag', '1'],
      ['etag', '2'],
    ],
    [
      ['authorization', 'x'],
      ['etag', '1'],
    ],
  ],
  [
    'what may not go at all',
    [
      ['te', 'x'],
      ['a b', 'x'],
      ['c', 'caf\u00e9'],
      [':path', '/'],
    ],
    [],
  ],
];

for (const [name, metadata, sent] of rows) {
  test(`metadata for grpc-js: ${name}`, () => {
    assert.deepEqual(fromGrpcMetadata(toGrpcMetadata(metadata, false)), sent);
  });
}
