import assert from 'node:assert/strict';
import { Code } from '../../status/code.ts';
import { path } from './echo-server.ts';
import { recordCall, text, valuesOf } from './record-call.ts';
import { type Case, until } from './run-cases.ts';

export const callCases: readonly Case[] = [
  {
    name: 'a unary call: message, headers, trailers',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), {
        path: path('Unary'),
        message: Buffer.from('hello'),
        metadata: [['test-name', 'value']],
      });
      const status = await call.status;
      assert.equal(status.code, Code.OK);
      assert.deepEqual(status.details, []);
      assert.deepEqual(status.trailers, [['late-test-name', 'value']]);
      assert.equal(valuesOf(call.headers, 'echo-test-name'), 'value');
      assert.deepEqual(call.messages.map(text), ['hello']);
    },
  },
  {
    name: 'an empty message is a message',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), { path: path('Unary'), message: new Uint8Array() });
      assert.equal((await call.status).code, Code.OK);
      assert.deepEqual(call.messages.map(text), ['']);
    },
  },
  {
    name: 'many calls at once, each with its own answer',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port);
      const calls = Array.from({ length: 500 }, (_, i) =>
        recordCall(upstream, {
          path: path('Unary'),
          message: Buffer.from(`message ${i}`),
          metadata: [
            ['test-number', String(i)],
            ['test-same', 'same'],
          ],
        }),
      );
      for (const [i, call] of calls.entries()) {
        assert.equal((await call.status).code, Code.OK);
        assert.deepEqual(call.messages.map(text), [`message ${i}`]);
        assert.equal(valuesOf(call.headers, 'echo-test-number'), String(i));
        assert.equal(valuesOf(call.headers, 'echo-test-same'), 'same');
      }
    },
  },
  {
    name: 'server streaming keeps the order',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), { path: path('Count'), message: Buffer.from('200 700') });
      assert.equal((await call.status).code, Code.OK);
      assert.equal(call.messages.length, 200);
      for (const [i, message] of call.messages.entries()) assert.deepEqual(Buffer.from(message), Buffer.alloc(700, i));
    },
  },
  {
    name: 'client streaming',
    async run({ open, startServer }) {
      const server = await startServer();
      const { call, status, messages } = recordCall(open(server.port), { path: path('Sum') });
      for (let i = 0; i < 100; i++) call.send(Buffer.alloc(50));
      call.end();
      assert.equal((await status).code, Code.OK);
      assert.deepEqual(messages.map(text), ['100 5000']);
    },
  },
  {
    name: 'client streaming without a message',
    async run({ open, startServer }) {
      const server = await startServer();
      const { call, status, messages } = recordCall(open(server.port), { path: path('Sum') });
      call.end();
      assert.equal((await status).code, Code.OK);
      assert.deepEqual(messages.map(text), ['0 0']);
    },
  },
  {
    name: 'bidirectional streaming: headers before the first message, answers while sending',
    async run({ open, startServer }) {
      const server = await startServer();
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
    name: 'the server learns of a cancelled call',
    inspects: true,
    async run({ open, startServer }) {
      const server = await startServer();
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
    async run({ open, startServer }) {
      const server = await startServer();
      const recorded = recordCall(open(server.port), { path: path('Unary'), message: Buffer.from('m') });
      recorded.call.cancel();
      assert.equal((await recorded.status).code, Code.CANCELLED);
    },
  },
  {
    name: 'after the status every method does nothing',
    async run({ open, startServer }) {
      const server = await startServer();
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
