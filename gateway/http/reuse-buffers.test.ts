import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { fixtures, type LibraryServer, startLibraryServer } from '../../test/support/library-server.ts';
import { loadSchema } from '../schema/load-schema.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { protogate } from './plugin.ts';

let library: LibraryServer;
let upstream: Upstream;
const apps: FastifyInstance[] = [];

before(async () => {
  library = await startLibraryServer();
  upstream = createUpstream(library.target);
});
after(async () => {
  for (const app of apps) await app.close();
  await upstream.close(0);
  library.close();
});

async function serve(
  reuseBuffers: boolean,
  prepare: (app: FastifyInstance) => void = () => undefined,
): Promise<number> {
  const app = Fastify({ forceCloseConnections: true });
  apps.push(app);
  prepare(app);
  const schema = await loadSchema({ protos: ['library/v1/library.proto'], protoPaths: [fixtures] });
  await app.register(protogate, { schema, upstream, reuseBuffers });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** Titles of some bytes up to megabytes, each of one letter, so that a byte of another shows. */
function titles(seed: number): string[] {
  const sizes = [10, 3_000_000, 70_000, 1, 1_200_000, 300_000, 2_000];
  return sizes.map((_, index) =>
    String.fromCharCode(97 + ((seed + index) % 26)).repeat(sizes[(seed + index) % 7] ?? 0),
  );
}

/** Sends books on one connection, all at once, and reads what they are answered, now and then with a pause. */
async function exchange(port: number, sent: readonly string[], pauseMs: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (const title of sent) {
    const body = JSON.stringify({ title });
    socket.write(`POST /v1/books HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  const received: string[] = [];
  let text = '';
  socket.setEncoding('latin1');
  for await (const piece of socket) {
    text += piece;
    for (;;) {
      const headEnd = text.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1]);
      if (headEnd < 4 || text.length < headEnd + length) break;
      received.push(JSON.parse(text.slice(headEnd, headEnd + length)).title);
      text = text.slice(headEnd + length);
    }
    if (received.length === sent.length) return received;
    if (pauseMs > 0) await sleep(pauseMs);
  }
  return received;
}

test('answers that are written into the same buffers do not mix, however slowly they are read', async () => {
  const port = await serve(true);
  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const sent = titles(index);
      const received = await exchange(port, sent, index % 3);
      assert.ok(
        received.every((title, position) => title === sent[position]),
        `connection ${index}`,
      );
      assert.equal(received.length, sent.length);
    }),
  );
});

test('a hook may keep payloads where buffers are not used again', async () => {
  const kept: string[] = [];
  const payloads: Buffer[] = [];
  const port = await serve(false, (app) => {
    app.addHook('onSend', async (_request, _reply, payload) => {
      assert.ok(Buffer.isBuffer(payload));
      payloads.push(payload);
      kept.push(payload.toString());
    });
  });
  await exchange(port, titles(0), 0);
  assert.equal(kept.length, 7);
  assert.ok(payloads.every((payload, index) => payload.toString() === kept[index]));
});
