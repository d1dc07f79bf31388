import assert from 'node:assert/strict';
import { Code } from '../../status/code.ts';
import type { CallListener } from '../upstream.ts';
import { path } from './echo-server.ts';
import { recordCall } from './record-call.ts';
import { type Case, settled, until } from './run-cases.ts';

const MiB = 1024 * 1024;

export const flowCases: readonly Case[] = [
  {
    name: 'messages of several megabytes both ways',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port, { maxMessageBytes: 20 * MiB, maxSentMessageBytes: 20 * MiB });
      const message = Buffer.alloc(9 * MiB);
      for (let i = 0; i < message.length; i += 1000) message.writeUInt32LE(i, i);
      const call = recordCall(upstream, { path: path('Unary'), message });
      assert.equal((await call.status).code, Code.OK);
      assert.equal(call.messages.length, 1);
      assert.ok(message.equals(Buffer.from(call.messages[0] ?? [])), 'the same bytes came back');
    },
  },
  {
    name: 'big answers of many calls at once',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port);
      const message = Buffer.alloc(300_000, 'z');
      const calls = Array.from({ length: 40 }, () => recordCall(upstream, { path: path('Unary'), message }));
      for (const call of calls) {
        assert.equal((await call.status).code, Code.OK);
        assert.ok(message.equals(Buffer.from(call.messages[0] ?? [])));
      }
    },
  },
  {
    name: 'messages that are lent are right while they are read, also to many calls, and after a pause',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port);
      const read = (size: number, pauses: boolean): Promise<number> =>
        new Promise((resolve, reject) => {
          let count = 0;
          const listener: CallListener = {
            borrowsMessages: true,
            onHeaders: () => undefined,
            onMessage(message) {
              assert.ok(Buffer.alloc(size, count).equals(message), `message ${count} of ${size} bytes`);
              count += 1;
              if (!pauses) return;
              call.pause();
              setImmediate(() => call.resume());
            },
            onStatus: ({ code, message }) => (code === Code.OK ? resolve(count) : reject(new Error(message))),
          };
          const request = { metadata: [], timeoutMs: 20_000, idempotent: false, message: Buffer.from(`30 ${size}`) };
          const call = upstream.start({ path: path('Count'), ...request }, listener);
        });
      const sizes = [0, 1, 500, 20_000, 70_000, 300_000];
      const counts = await Promise.all(sizes.flatMap((size) => [read(size, false), read(size, true)]));
      assert.deepEqual(new Set(counts), new Set([30]));
    },
  },
  {
    name: 'an answer past the limit ends its call only',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port);
      const big = recordCall(upstream, { path: path('Count'), message: Buffer.from(`2 ${5 * MiB}`) });
      const small = recordCall(upstream, { path: path('Count'), message: Buffer.from('2 5') });
      assert.equal((await big.status).code, Code.RESOURCE_EXHAUSTED);
      assert.equal(big.messages.length, 0);
      assert.equal((await small.status).code, Code.OK);
    },
  },
  {
    name: 'a request past the limit is not sent',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port, { maxSentMessageBytes: 1000 });
      const big = recordCall(upstream, { path: path('Unary'), message: Buffer.alloc(1001) });
      assert.equal((await big.status).code, Code.RESOURCE_EXHAUSTED);
      const streamed = recordCall(upstream, { path: path('Sum') });
      streamed.call.send(Buffer.alloc(1000));
      streamed.call.send(Buffer.alloc(1001));
      assert.equal((await streamed.status).code, Code.RESOURCE_EXHAUSTED);
    },
  },
  {
    name: 'a reader that pauses stops the server; resumed, it misses nothing',
    inspects: true,
    async run({ open, startServer }) {
      const server = await startServer();
      const [count, size] = [1600, 20_000];
      const call = recordCall(open(server.port), { path: path('Flood'), message: Buffer.from(`${count} ${size}`) });
      await call.received(1);
      call.call.pause();
      const [arrived, sent] = [await settled(() => call.messages.length), await settled(() => server.flooded)];
      assert.ok(sent < count / 2, `the server sent ${sent} of ${count}`);
      assert.ok((sent - arrived) * size < 8 * MiB, `${sent - arrived} messages are under way`);
      call.call.resume();
      assert.equal((await call.status).code, Code.OK);
      assert.equal(call.messages.length, count);
      for (const [i, message] of call.messages.entries()) assert.equal(message[size - 1], i % 256);
    },
  },
  {
    name: 'paused before anything arrived: no message comes until it is resumed',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), { path: path('Count'), message: Buffer.from('10 100') });
      call.call.pause();
      await until(() => call.headers !== undefined);
      assert.equal(await settled(() => call.messages.length), 0);
      call.call.resume();
      assert.equal((await call.status).code, Code.OK);
      assert.equal(call.messages.length, 10);
    },
  },
  {
    name: 'a paused call holds up no other call',
    async run({ open, startServer }) {
      const server = await startServer();
      const upstream = open(server.port);
      const paused = Array.from({ length: 10 }, () =>
        recordCall(upstream, { path: path('Flood'), message: Buffer.from('3000 10000') }),
      );
      for (const { call } of paused) call.pause();
      await until(() => paused.every(({ headers }) => headers !== undefined));
      await settled(() => server.flooded);
      const other = recordCall(upstream, { path: path('Count'), message: Buffer.from('100 10000') });
      assert.equal((await other.status).code, Code.OK);
      assert.equal(other.messages.length, 100);
      for (const { call, status } of paused) {
        call.cancel();
        assert.equal((await status).code, Code.CANCELLED);
      }
    },
  },
  {
    name: 'the deadline ends a paused call',
    async run({ open, startServer }) {
      const server = await startServer();
      const call = recordCall(open(server.port), {
        path: path('Flood'),
        message: Buffer.from('3000 10000'),
        timeoutMs: 400,
      });
      call.call.pause();
      assert.equal((await call.status).code, Code.DEADLINE_EXCEEDED);
    },
  },
  {
    name: 'a server that does not read stops the sender; onDrain lets it go on',
    async run({ open, startServer }) {
      const server = await startServer();
      const slow = recordCall(open(server.port), { path: path('Slow') });
      const [count, size] = [1600, 20_000];
      let sent = 0;
      const sendAll = async () => {
        while (sent < count) {
          const drained = slow.drained();
          sent += 1;
          if (!slow.call.send(Buffer.alloc(size))) await drained;
        }
        slow.call.end();
      };
      const sending = sendAll();
      const held = await settled(() => sent);
      assert.ok(held * size < 4 * MiB, `send took ${held} messages of ${size} bytes`);
      server.release();
      await sending;
      assert.equal((await slow.status).code, Code.OK);
      assert.equal(Buffer.from(slow.messages[0] ?? []).toString(), `${count} ${count * size}`);
    },
  },
];
