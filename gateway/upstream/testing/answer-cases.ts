import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { deflateSync, gzipSync } from 'node:zlib';
import { Code } from '../../status/code.ts';
import { answer, frame, type RawAnswer, type RawHandler, startRawServer } from './raw-server.ts';
import { recordCall } from './record-call.ts';
import type { Case } from './run-cases.ts';

interface Expected {
  readonly code: number;
  readonly message?: string;
  readonly messages?: readonly string[];
}

/** One call to a server that answers by hand. */
function answerCase(name: string, reply: RawAnswer | RawHandler, expected: Expected): Case {
  return {
    name,
    async run({ open, using }) {
      const handler: RawHandler = typeof reply === 'function' ? reply : (stream) => answer(stream, reply);
      const server = using(await startRawServer(handler));
      const upstream = open(server.port, { maxMessageBytes: 100_000 });
      const call = recordCall(upstream, { path: '/raw', message: Buffer.from('request') });
      const status = await call.status;
      assert.equal(status.code, expected.code, status.message);
      if (expected.message !== undefined) assert.equal(status.message, expected.message);
      if (expected.messages !== undefined) {
        assert.deepEqual(
          call.messages.map((message) => Buffer.from(message).toString()),
          expected.messages,
        );
      }
    },
  };
}

const ok = { 'grpc-status': '0' };
const zeros = Buffer.alloc(5_000_000);

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const httpStatuses: readonly (readonly [httpStatus: number, code: number])[] = [
  [400, Code.INTERNAL],
  [401, Code.UNAUTHENTICATED],
  [403, Code.PERMISSION_DENIED],
  [404, Code.UNIMPLEMENTED],
  [418, Code.UNKNOWN],
  [429, Code.UNAVAILABLE],
  [500, Code.UNKNOWN],
  [502, Code.UNAVAILABLE],
  [503, Code.UNAVAILABLE],
  [504, Code.UNAVAILABLE],
];

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, HTTP2 Transport Mapping, Errors */
const resets: readonly (readonly [http2Code: number, code: number])[] = [
  [constants.NGHTTP2_NO_ERROR, Code.INTERNAL],
  [constants.NGHTTP2_PROTOCOL_ERROR, Code.INTERNAL],
  [constants.NGHTTP2_INTERNAL_ERROR, Code.INTERNAL],
  [constants.NGHTTP2_FLOW_CONTROL_ERROR, Code.INTERNAL],
  [constants.NGHTTP2_REFUSED_STREAM, Code.UNAVAILABLE],
  [constants.NGHTTP2_CANCEL, Code.CANCELLED],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, Code.RESOURCE_EXHAUSTED],
  [constants.NGHTTP2_INADEQUATE_SECURITY, Code.PERMISSION_DENIED],
];

export const answerCases: readonly Case[] = [
  answerCase(
    'gzip',
    { headers: { 'grpc-encoding': 'gzip' }, body: frame(gzipSync('compressed'), true), trailers: ok },
    { code: Code.OK, messages: ['compressed'] },
  ),
  answerCase(
    'deflate',
    { headers: { 'grpc-encoding': 'deflate' }, body: frame(deflateSync('compressed'), true), trailers: ok },
    { code: Code.OK, messages: ['compressed'] },
  ),
  answerCase(
    'compressed and plain messages in one stream keep their order',
    {
      headers: { 'grpc-encoding': 'gzip' },
      body: Buffer.concat([frame(gzipSync('one'), true), frame(Buffer.from('two')), frame(gzipSync(''), true)]),
      trailers: ok,
    },
    { code: Code.OK, messages: ['one', 'two', ''] },
  ),
  answerCase(
    'a message that inflates past the limit',
    { headers: { 'grpc-encoding': 'gzip' }, body: frame(gzipSync(zeros), true), trailers: ok },
    { code: Code.RESOURCE_EXHAUSTED, messages: [] },
  ),
  answerCase(
    'a message past the limit',
    { body: frame(Buffer.alloc(100_001)), trailers: ok },
    { code: Code.RESOURCE_EXHAUSTED, messages: [] },
  ),
  answerCase(
    'a message at the limit',
    { body: frame(Buffer.alloc(100_000, 'x')), trailers: ok },
    { code: Code.OK, messages: ['x'.repeat(100_000)] },
  ),
  answerCase(
    'an encoding that nobody knows',
    { headers: { 'grpc-encoding': 'snappy' }, body: frame(Buffer.from('?'), true), trailers: ok },
    { code: Code.INTERNAL, messages: [] },
  ),
  answerCase(
    'trailers only',
    { headers: { 'grpc-status': '8', 'grpc-message': 'caf%C3%A9 100%25' } },
    { code: Code.RESOURCE_EXHAUSTED, message: 'café 100%', messages: [] },
  ),
  answerCase(
    'a grpc-message with broken escapes is taken as it stands',
    { trailers: { 'grpc-status': '9', 'grpc-message': '50% of %zz' } },
    { code: Code.FAILED_PRECONDITION, message: '50% of %zz' },
  ),
  answerCase('a grpc-status that is no number', { trailers: { 'grpc-status': 'good' } }, { code: Code.UNKNOWN }),
  answerCase('no trailers', { body: frame(Buffer.from('m')) }, { code: Code.INTERNAL }),
  ...httpStatuses.map(([httpStatus, code]) =>
    answerCase(`HTTP ${httpStatus}`, { headers: { ':status': httpStatus, 'content-type': 'text/html' } }, { code }),
  ),
  answerCase(
    'HTTP 503 with a body of HTML',
    { headers: { ':status': 503, 'content-type': 'text/html' }, body: Buffer.from('<html>busy</html>') },
    { code: Code.UNAVAILABLE, messages: [] },
  ),
  answerCase(
    'grpc-status wins over the HTTP status',
    { headers: { ':status': 503, 'grpc-status': '5' } },
    { code: Code.NOT_FOUND },
  ),
  ...resets.map(([http2Code, code]) =>
    answerCase(`RST_STREAM ${http2Code}`, (stream) => stream.close(http2Code), { code }),
  ),
  answerCase(
    'messages before a reset arrive',
    (stream) => {
      answer(stream, { body: frame(Buffer.from('first')), trailers: { 'grpc-status': '13' } });
    },
    { code: Code.INTERNAL, messages: ['first'] },
  ),
  answerCase(
    'informational headers come first',
    (stream) => {
      stream.additionalHeaders({ ':status': 103 });
      answer(stream, { body: frame(Buffer.from('m')), trailers: ok });
    },
    { code: Code.OK, messages: ['m'] },
  ),
  {
    name: 'unpadded and joined binary metadata',
    async run({ open, using }) {
      const headers = { 'a-bin': 'AQ', 'b-bin': 'AQI=,AwQF,/w' };
      const server = using(await startRawServer((stream) => answer(stream, { headers, trailers: ok })));
      const call = recordCall(open(server.port), { path: '/raw', message: Buffer.from('m') });
      assert.equal((await call.status).code, Code.OK);
      const binary = call.headers?.filter(([name]) => name.endsWith('-bin'));
      assert.deepEqual(binary, [
        ['a-bin', 'AQ=='],
        ['b-bin', 'AQI='],
        ['b-bin', 'AwQF'],
        ['b-bin', '/w=='],
      ]);
    },
  },
  {
    name: 'the request is a gRPC request',
    async run({ open, using }) {
      const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
      const server = using(
        await startRawServer((stream, headers) => {
          const body: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => body.push(chunk));
          stream.on('end', () => {
            resolve({ ...headers, body: Buffer.concat(body).toString('hex') });
            answer(stream, { headers: ok });
          });
        }),
      );
      const call = recordCall(open(server.port), {
        path: '/p.S/M',
        message: Buffer.from('hi'),
        metadata: [['x-y', 'z']],
      });
      await call.status;
      const request = await promise;
      assert.equal(request[':method'], 'POST');
      assert.equal(request[':scheme'], 'http');
      assert.equal(request[':path'], '/p.S/M');
      assert.equal(request[':authority'], `127.0.0.1:${server.port}`);
      assert.equal(request['te'], 'trailers');
      assert.match(String(request['content-type']), /^application\/grpc/);
      assert.match(String(request['grpc-accept-encoding']), /gzip/);
      assert.match(String(request['grpc-timeout']), /^\d{1,8}[mSu]$/);
      assert.equal(request['x-y'], 'z');
      assert.equal(request['body'], '00000000026869');
    },
  },
];
