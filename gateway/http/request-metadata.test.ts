import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { requestMetadata } from './request-metadata.ts';

const rows: readonly (readonly [name: string, headers: string[], metadata: [string, string][]])[] = [
  ['nothing', [], []],
  [
    'permanent headers',
    ['Accept', 'a/b', 'COOKIE', 'c=d'],
    [
      ['grpcgateway-accept', 'a/b'],
      ['grpcgateway-cookie', 'c=d'],
    ],
  ],
  [
    'authorization, twice',
    ['Authorization', 'Bearer x'],
    [
      ['authorization', 'Bearer x'],
      ['grpcgateway-authorization', 'Bearer x'],
    ],
  ],
  [
    'trace headers under their own names',
    ['X-Request-Id', 'r', 'traceparent', 't'],
    [
      ['x-request-id', 'r'],
      ['traceparent', 't'],
    ],
  ],
  ['no other header', ['X-Foo', '1', 'Range', 'bytes=0-1', 'Content-Length', '3'], []],
  [
    'the prefix',
    ['Grpc-Metadata-Foo', '1', 'grpc-metadata-foo', '2'],
    [
      ['foo', '1'],
      ['foo', '2'],
    ],
  ],
  ['commas stay', ['Grpc-Metadata-Foo', '1, 2'], [['foo', '1, 2']]],
  ['the prefix alone', ['Grpc-Metadata-', '1'], []],
  ['a name that gRPC forbids', ["Grpc-Metadata-it's", '1'], []],
  [
    'names of the protocol',
    [
      'Grpc-Metadata-Grpc-Timeout',
      '1S',
      'Grpc-Metadata-Te',
      'x',
      'Grpc-Metadata-Content-Length',
      '9',
      'Grpc-Metadata-Upgrade',
      'x',
    ],
    [],
  ],
  [
    'names that the gateway sets',
    ['Grpc-Metadata-X-Forwarded-For', '6.6.6.6', 'Grpc-Metadata-X-Forwarded-Host', 'h'],
    [],
  ],
  [
    'values outside of printable ASCII',
    ['Grpc-Metadata-Foo', 'caf\u00e9', 'Grpc-Metadata-Foo', 'a\tb', 'Accept', '\u00e9'],
    [],
  ],
  [
    'binary values in canonical base64',
    ['Grpc-Metadata-A-Bin', 'YQ', 'Grpc-Metadata-A-Bin', 'YR==', 'Grpc-Metadata-A-Bin', ''],
    [
      ['a-bin', 'YQ=='],
      ['a-bin', 'YQ=='],
      ['a-bin', ''],
    ],
  ],
  [
    'names of Object.prototype',
    ['constructor', '1', '__proto__', '2', 'Grpc-Metadata-__proto__', '3'],
    [['__proto__', '3']],
  ],
];

for (const [name, headers, metadata] of rows) {
  test(`request metadata: ${name}`, () => {
    assert.deepEqual(requestMetadata(headers, { host: undefined, remoteAddress: undefined }), metadata);
  });
}

const forwardedRows: readonly (readonly [
  name: string,
  headers: string[],
  forwardedFor: string,
  forwardedHost: string,
])[] = [
  ['the peer', [], '10.0.0.1', 'gw.test'],
  [
    'behind what came',
    ['X-Forwarded-For', '1.2.3.4, 5.6.7.8', 'X-Forwarded-For', '9.9.9.9'],
    '1.2.3.4, 5.6.7.8, 9.9.9.9, 10.0.0.1',
    'gw.test',
  ],
  ['an empty one is none', ['X-Forwarded-For', ''], '10.0.0.1', 'gw.test'],
  ['the first host', ['X-Forwarded-Host', 'a.test', 'X-Forwarded-Host', 'b.test'], '10.0.0.1', 'a.test'],
];

for (const [name, headers, forwardedFor, forwardedHost] of forwardedRows) {
  test(`x-forwarded: ${name}`, () => {
    assert.deepEqual(requestMetadata(headers, { host: 'gw.test', remoteAddress: '::ffff:10.0.0.1' }), [
      ['x-forwarded-for', forwardedFor],
      ['x-forwarded-host', forwardedHost],
    ]);
  });
}

test('two hosts are refused', () => {
  assert.throws(
    () => requestMetadata(['Host', 'a', 'host', 'a'], { host: 'a', remoteAddress: undefined }),
    new StatusError(Code.INVALID_ARGUMENT, 'more than one Host header'),
  );
});

for (const value of ['*', 'YQ==YQ', 'a', '-_']) {
  test(`a binary header is base64, not ${JSON.stringify(value)}`, () => {
    assert.throws(
      () => requestMetadata(['Grpc-Metadata-A-Bin', value], { host: undefined, remoteAddress: undefined }),
      new StatusError(Code.INVALID_ARGUMENT, 'header grpc-metadata-a-bin is not base64'),
    );
  });
}
