import assert from 'node:assert/strict';
import { Code } from '../../status/code.ts';
import type { Metadata } from '../upstream.ts';
import { path, startEchoServer } from './echo-server.ts';
import { recordCall } from './record-call.ts';
import { type Case, until } from './run-cases.ts';

const text = (message: Uint8Array | undefined): string | undefined =>
  message === undefined ? undefined : Buffer.from(message).toString();

/** Repeated values joined, as HTTP allows any hop to do. */
function values(metadata: Metadata | undefined, name: string): string | undefined {
  const found = metadata?.filter((entry) => entry[0] === name).map((entry) => entry[1]);
  return found?.length ? found.join(', ') : undefined;
}

export const callCases: readonly Case[] = [
  {
    name: 'a unary call: message, headers, trailers',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('hello'),
        metadata: [['x-name', 'value']],
      });
      const status = await call.status;
      assert.equal(status.code, Code.OK);
      assert.deepEqual(status.details, []);
      assert.deepEqual(status.trailers, [['late-x-name', 'value']]);
      assert.equal(values(call.headers, 'echo-x-name'), 'value');
      assert.deepEqual(call.messages.map(text), ['hello']);
    },
  },
  {
    name: 'an empty message is a message',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), { path: path('Unary'), message: new Uint8Array() });
      assert.equal((await call.status).code, Code.OK);
      assert.deepEqual(call.messages.map(text), ['']);
    },
  },
  {
    name: 'many calls at once, each with its own answer',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const upstream = open(server.port);
      const calls = Array.from({ length: 500 }, (_, i) =>
        recordCall(upstream, {
          path: path('Unary'),
          message: Buffer.from(`message ${i}`),
          metadata: [
            ['x-number', String(i)],
            ['x-same', 'same'],
          ],
        }),
      );
      for (const [i, call] of calls.entries()) {
        assert.equal((await call.status).code, Code.OK);
        assert.deepEqual(call.messages.map(text), [`message ${i}`]);
        assert.equal(values(call.headers, 'echo-x-number'), String(i));
        assert.equal(values(call.headers, 'echo-x-same'), 'same');
      }
    },
  },
  {
    name: 'server streaming keeps the order',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), { path: path('Count'), message: Buffer.from('200 700') });
      assert.equal((await call.status).code, Code.OK);
      assert.equal(call.messages.length, 200);
      for (const [i, message] of call.messages.entries()) assert.deepEqual(Buffer.from(message), Buffer.alloc(700, i));
    },
  },
  {
    name: 'client streaming',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const { call, status, messages } = recordCall(open(server.port), { path: path('Sum') });
      for (let i = 0; i < 100; i++) call.send(Buffer.alloc(50));
      call.end();
      assert.equal((await status).code, Code.OK);
      assert.deepEqual(messages.map(text), ['100 5000']);
    },
  },
  {
    name: 'client streaming without a message',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const { call, status, messages } = recordCall(open(server.port), { path: path('Sum') });
      call.end();
      assert.equal((await status).code, Code.OK);
      assert.deepEqual(messages.map(text), ['0 0']);
    },
  },
  {
    name: 'bidirectional streaming: headers before the first message, answers while sending',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const recorded = recordCall(open(server.port), { path: path('Chat') });
      await until(() => recorded.headers !== undefined);
      for (let i = 1; i <= 20; i++) {
        recorded.call.send(Buffer.from(String(i)));
        await recorded.received(i);
        assert.equal(text(recorded.messages.at(-1)), String(i));
      }
      recorded.call.end();
      assert.equal((await recorded.status).code, Code.OK);
      assert.equal(recorded.messages.length, 20);
    },
  },
  {
    name: 'metadata: repeated, empty, binary',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const binary = Buffer.from([0, 1, 2, 253, 254, 255, 7]);
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('m'),
        metadata: [
          ['x-a', '1'],
          ['x-raw-bin', binary.toString('base64')],
          ['x-a', '2'],
          ['x-empty', ''],
          ['x-raw-bin', Buffer.from('two').toString('base64')],
          ['x-long', 'l'.repeat(3000)],
        ],
      });
      const { code, trailers } = await call.status;
      assert.equal(code, Code.OK);
      assert.equal(values(call.headers, 'echo-x-a'), '1, 2');
      assert.equal(values(trailers, 'late-x-a'), '1, 2');
      assert.equal(values(call.headers, 'echo-x-long'), 'l'.repeat(3000));
      assert.equal(values(call.headers, 'echo-x-empty'), '');
      const raw = call.headers?.filter(([name]) => name === 'echo-x-raw-bin');
      assert.deepEqual(
        raw?.map(([, value]) => value),
        [binary.toString('base64'), 'dHdv'],
      );
    },
  },
  {
    name: 'metadata that gRPC does not allow, or that belongs to the protocol, is left out',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('m'),
        metadata: [
          ['x-good', 'kept'],
          ['x-umlaut', 'ü'],
          ['x-line', 'a\r\nb: c'],
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
      assert.deepEqual(echoed, [['echo-x-good', 'kept']]);
      assert.equal(server.lastCall?.metadata.get('content-length').length, 0);
    },
  },
  {
    name: 'a status with message, details and trailers after messages',
    async run({ open, using }) {
      const server = using(await startEchoServer());
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
      assert.deepEqual(values(status.trailers, 'x-late'), 'yes');
      assert.deepEqual(call.messages.map(text), ['a', 'b']);
    },
  },
  {
    name: 'a status at once: no headers (trailers only)',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), {
        path: path('Fail'),
        message: new Uint8Array(),
        metadata: [['code', '16']],
      });
      const status = await call.status;
      assert.equal(status.code, Code.UNAUTHENTICATED);
      assert.equal(values(status.trailers, 'x-late'), 'yes');
      assert.equal(call.headers, undefined);
    },
  },
  {
    name: 'an unknown method is UNIMPLEMENTED',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), { path: path('Nope'), message: new Uint8Array() });
      assert.equal((await call.status).code, Code.UNIMPLEMENTED);
    },
  },
  {
    name: 'the deadline travels to the server, and ends the call here and there',
    async run({ open, using }) {
      const server = using(await startEchoServer());
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
    async run({ open, using }) {
      const server = using(await startEchoServer());
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
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const call = recordCall(open(server.port), { path: path('Unary'), message: Buffer.from('m'), timeoutMs: 0 });
      assert.equal((await call.status).code, Code.DEADLINE_EXCEEDED);
      assert.equal(server.lastCall, undefined);
    },
  },
  {
    name: 'the server learns of a cancelled call',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const recorded = recordCall(open(server.port), { path: path('Chat') });
      await until(() => recorded.headers !== undefined);
      recorded.call.cancel();
      recorded.call.cancel();
      const status = await recorded.status;
      assert.equal(status.code, Code.CANCELLED);
      assert.equal(status.message, 'context canceled');
      await until(() => server.cancelled === 1);
    },
  },
  {
    name: 'a call cancelled at once ends, and never before start has returned',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const recorded = recordCall(open(server.port), { path: path('Unary'), message: Buffer.from('m') });
      recorded.call.cancel();
      assert.equal((await recorded.status).code, Code.CANCELLED);
    },
  },
  {
    name: 'after the status every method does nothing',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const { call, status } = recordCall(open(server.port), { path: path('Sum') });
      call.end();
      await status;
      call.send(Buffer.from('late'));
      call.pause();
      call.resume();
      call.end();
      call.cancel();
    },
  },
];
