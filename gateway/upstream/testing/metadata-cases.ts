import assert from 'node:assert/strict';
import { Code } from '../../status/code.ts';
import { path } from './echo-server.ts';
import { recordCall, text, valuesOf } from './record-call.ts';
import type { Case } from './run-cases.ts';

/** What goes beside the messages: metadata, deadline, status. */
export const metadataCases: readonly Case[] = [
  {
    name: 'metadata: repeated, empty, binary',
    async run({ open, startServer }) {
      const server = await startServer();
      const binary = Buffer.from([0, 1, 2, 253, 254, 255, 7]);
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('m'),
        metadata: [
          ['test-a', '1'],
          ['test-raw-bin', binary.toString('base64')],
          ['test-a', '2'],
          ['test-empty', ''],
          ['test-raw-bin', Buffer.from('two').toString('base64')],
          ['test-long', 'l'.repeat(3000)],
        ],
      });
      const { code, trailers } = await call.status;
      assert.equal(code, Code.OK);
      assert.equal(valuesOf(call.headers, 'echo-test-a'), '1, 2');
      assert.equal(valuesOf(trailers, 'late-test-a'), '1, 2');
      assert.equal(valuesOf(call.headers, 'echo-test-long'), 'l'.repeat(3000));
      assert.equal(valuesOf(call.headers, 'echo-test-empty'), '');
      const raw = call.headers?.filter(([name]) => name === 'echo-test-raw-bin');
      assert.deepEqual(
        raw?.map(([, value]) => value),
        [binary.toString('base64'), 'dHdv'],
      );
    },
  },
  {
    name: 'metadata that gRPC does not allow, or that belongs to the protocol, is left out',
    inspects: true,
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('m'),
        metadata: [
          ['test-good', 'kept'],
          ['test-umlaut', 'ü'],
          ['test-line', 'a\r\nb: c'],
          ['X-Upper', 'upper'],
          ['x space', 'space'],
          [':path', '/elsewhere'],
          ['te', 'gzip'],
          ['content-length', '7'],
          ['grpc-timeout', '1n'],
          ['connection', 'close'],
        ],
      });
      assert.equal((await call.status).code, Code.OK);
      const echoed = call.headers?.filter(([name]) => name.startsWith('echo-'));
      assert.deepEqual(echoed, [['echo-test-good', 'kept']]);
      assert.equal(server.lastCall?.metadata.get('content-length').length, 0);
    },
  },
  {
    name: 'a status with message, details and trailers after messages',
    async run({ open, startServer }) {
      const server = await startServer();
      const details = Buffer.from(
        // google.rpc.Status { code: 5, message: "x", details: [Any { type_url: "t/a", value: 01 02 }, Any { type_url: "t/b" }] }
        '0805120178' + '1a09' + '0a03742f61' + '12020102' + '1a05' + '0a03742f62',
        'hex',
      );
      const call = recordCall(open(server.port), {
        path: path('Fail'),
        message: Buffer.from('ab'),
        metadata: [
          ['code', '5'],
          ['message-bin', Buffer.from('not found: 100 % of "ä€😀"\n').toString('base64')],
          ['details-bin', details.toString('base64')],
        ],
      });
      const status = await call.status;
      assert.equal(status.code, Code.NOT_FOUND);
      assert.equal(status.message, 'not found: 100 % of "ä€😀"\n');
      assert.deepEqual(
        status.details.map(({ typeUrl, value }) => [typeUrl, Buffer.from(value).toString('hex')]),
        [
          ['t/a', '0102'],
          ['t/b', ''],
        ],
      );
      assert.deepEqual(valuesOf(status.trailers, 'test-late'), 'yes');
      assert.deepEqual(call.messages.map(text), ['a', 'b']);
    },
  },
  {
    name: 'a status at once: no headers (trailers only)',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), {
        path: path('Fail'),
        message: new Uint8Array(),
        metadata: [['code', '16']],
      });
      const status = await call.status;
      assert.equal(status.code, Code.UNAUTHENTICATED);
      assert.equal(valuesOf(status.trailers, 'test-late'), 'yes');
      assert.equal(call.headers, undefined);
    },
  },
  {
    name: 'an unknown method is UNIMPLEMENTED',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), { path: path('Nope'), message: new Uint8Array() });
      assert.equal((await call.status).code, Code.UNIMPLEMENTED);
    },
  },
  {
    name: 'the deadline travels to the server, and ends the call here and there',
    inspects: true,
    async run({ open, startServer }) {
      const server = await startServer();
      const before = Date.now();
      const call = recordCall(open(server.port), { path: path('Hold'), message: Buffer.from('m'), timeoutMs: 700 });
      const status = await call.status;
      assert.equal(status.code, Code.DEADLINE_EXCEEDED);
      assert.equal(status.message, 'context deadline exceeded');
      const deadline = server.lastCall?.deadlineMs ?? 0;
      assert.ok(deadline > before && deadline < before + 60_000, `deadline ${deadline - before} ms after the start`);
    },
  },
  {
    name: 'a call without a deadline has none at the server',
    inspects: true,
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('m'),
        timeoutMs: undefined,
      });
      assert.equal((await call.status).code, Code.OK);
      assert.equal(server.lastCall?.deadlineMs, Number.POSITIVE_INFINITY);
    },
  },
  {
    name: 'a call with no time left is never made',
    inspects: true,
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), { path: path('Unary'), message: Buffer.from('m'), timeoutMs: 0 });
      assert.equal((await call.status).code, Code.DEADLINE_EXCEEDED);
      assert.equal(server.lastCall, undefined);
    },
  },
];
