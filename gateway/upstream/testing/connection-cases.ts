import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from '../../status/code.ts';
import type { Upstream } from '../upstream.ts';
import type { UpstreamEvent } from '../upstream-options.ts';
import { path, startEchoServer } from './echo-server.ts';
import { message, recordCall, unary } from './record-call.ts';
import { type Case, until } from './run-cases.ts';

/** Calls until one goes through; the test's own time limit ends it otherwise. */
async function untilOk(upstream: Upstream): Promise<void> {
  while ((await unary(upstream)).code !== Code.OK) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A port where nobody listens. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export const connectionCases: readonly Case[] = [
  {
    name: 'ready: true once a connection stands',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const upstream = open(server.port);
      assert.equal(await upstream.ready(10_000), true);
      assert.equal(await upstream.ready(10_000), true);
    },
  },
  {
    name: 'ready: false when none could be made within the time',
    async run({ open }) {
      const upstream = open(await unusedPort());
      assert.equal(await upstream.ready(300), false);
    },
  },
  {
    name: 'nobody listens: calls fail at once, in words that may be shown, and the cause is told as an event',
    async run({ open }) {
      const port = await unusedPort();
      const events: UpstreamEvent[] = [];
      const upstream = open(port, { onEvent: (event) => events.push(event) });
      for (let i = 0; i < 3; i++) {
        const status = await unary(upstream);
        assert.equal(status.code, Code.UNAVAILABLE);
        assert.equal(status.message, `upstream 127.0.0.1:${port} is unavailable`);
        assert.deepEqual(status.trailers, []);
      }
      assert.match(events.map(({ reason }) => reason).join('\n'), /ECONNREFUSED/);
    },
  },
  {
    name: 'waitForReady: the call waits for the server, or for its deadline',
    async run({ open, using }) {
      const port = await unusedPort();
      const upstream = open(port, { waitForReady: true });
      assert.equal((await unary(upstream, 200)).code, Code.DEADLINE_EXCEEDED);
      const waiting = unary(upstream);
      using(await startEchoServer(port));
      assert.equal((await waiting).code, Code.OK);
    },
  },
  {
    name: 'a server that restarts is found again',
    async run({ open, using }) {
      const first = using(await startEchoServer());
      const upstream = open(first.port);
      assert.equal((await unary(upstream)).code, Code.OK);
      const underWay = recordCall(upstream, { path: path('Chat') });
      await until(() => underWay.headers !== undefined);
      first.stop();
      assert.notEqual((await underWay.status).code, Code.OK);
      using(await startEchoServer(first.port));
      await untilOk(upstream);
    },
  },
  {
    name: 'a server that drains finishes what it has; new calls go to its successor',
    async run({ open, using }) {
      const first = using(await startEchoServer());
      const upstream = open(first.port);
      const underWay = recordCall(upstream, { path: path('Chat') });
      await until(() => underWay.headers !== undefined);
      const drained = first.drain();
      underWay.call.send(message);
      await underWay.received(1);
      underWay.call.end();
      assert.equal((await underWay.status).code, Code.OK);
      await drained;
      using(await startEchoServer(first.port));
      await untilOk(upstream);
    },
  },
  {
    name: 'close lets calls under way finish, and takes no new ones',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const upstream = open(server.port);
      const underWay = recordCall(upstream, { path: path('Hold'), message });
      await until(() => server.lastCall !== undefined);
      const closed = upstream.close(20_000);
      const late = await unary(upstream);
      assert.equal(late.code, Code.UNAVAILABLE);
      assert.equal(late.message, `upstream 127.0.0.1:${server.port} is closed`);
      server.release();
      assert.equal((await underWay.status).code, Code.OK);
      await closed;
      assert.equal(await upstream.ready(10), false);
    },
  },
  {
    name: 'close cancels what is not done in time',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const upstream = open(server.port);
      const underWay = recordCall(upstream, { path: path('Hold'), message });
      await until(() => server.lastCall !== undefined);
      await upstream.close(100);
      assert.equal((await underWay.status).code, Code.CANCELLED);
      await until(() => server.cancelled === 1);
    },
  },
  {
    name: 'close before any connection',
    async run({ open }) {
      await open(await unusedPort()).close(1000);
    },
  },
  {
    name: 'calls go round robin over all addresses',
    async run({ open, using }) {
      const servers = [using(await startEchoServer()), using(await startEchoServer())];
      const upstream = open(`ipv4:${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`);
      // The first calls may go out while only one of the connections stands.
      while (servers.some(({ lastCall }) => lastCall === undefined)) {
        assert.equal((await unary(upstream)).code, Code.OK);
      }
    },
  },
  {
    name: 'one address of two is dead: calls go to the other',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      const upstream = open(`ipv4:127.0.0.1:${await unusedPort()},127.0.0.1:${server.port}`);
      assert.equal(await upstream.ready(10_000), true);
      for (let i = 0; i < 10; i++) assert.equal((await unary(upstream)).code, Code.OK);
    },
  },
  {
    name: 'a name is resolved',
    async run({ open, using }) {
      const server = using(await startEchoServer());
      assert.equal((await unary(open(`localhost:${server.port}`))).code, Code.OK);
      assert.equal((await unary(open(`dns:///localhost:${server.port}`))).code, Code.OK);
    },
  },
  {
    name: 'a name that nobody knows',
    async run({ open }) {
      const status = await unary(open('no-such-host.invalid:50051'));
      assert.equal(status.code, Code.UNAVAILABLE);
      assert.equal(status.message, 'upstream no-such-host.invalid:50051 is unavailable');
    },
  },
  {
    name: 'a socket in the file system',
    async run({ open, using }) {
      const folder = mkdtempSync(join(tmpdir(), 'upstream-'));
      using({ stop: () => rmSync(folder, { recursive: true }) });
      const socket = `unix:${join(folder, 'socket')}`;
      using(await startEchoServer(socket));
      assert.equal((await unary(open(socket))).code, Code.OK);
    },
  },
];
