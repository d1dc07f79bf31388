import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { fixtures, type LibraryServer, startLibraryServer } from '../../test/support/library-server.ts';
import { loadSchema } from '../schema/load-schema.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { protogate } from './plugin.ts';
import { serverOptions } from './server-options.ts';

let library: LibraryServer;
let upstream: Upstream;
let app: FastifyInstance;
const sockets: Socket[] = [];

before(async () => {
  library = await startLibraryServer();
  upstream = createUpstream(library.target);
  const http = { headersTimeout: 100, connectionsCheckingInterval: 20 };
  app = Fastify({ ...serverOptions, requestTimeout: 100, http });
  const schema = await loadSchema({ protos: ['library/v1/library.proto'], protoPaths: [fixtures] });
  await app.register(protogate, { schema, upstream });
  await app.listen({ port: 0, host: '127.0.0.1' });
});
after(async () => {
  for (const socket of sockets) socket.destroy();
  await app.close();
  await upstream.close(0);
  library.close();
});

/** Begins a POST whose body follows in chunks. */
async function post(path: string): Promise<{ send(chunk: string): void; answer(): Promise<string> }> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
  return {
    send: (chunk) => socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`),
    async answer() {
      while (!received.includes('\r\n\r\n')) await once(socket, 'data');
      return received.slice(0, received.indexOf('\r\n'));
    },
  };
}

test('the time for a request is not that for a stream of messages', { timeout: 60_000 }, async () => {
  const upload = await post('/v1/books:import');
  upload.send('{"title":"a"}\n');
  await library.arrived(1);
  // Begun later and given up: by then the stream, which began earlier, has had its time as well.
  const unary = await post('/v1/books');
  unary.send('{"title":');
  assert.equal(await unary.answer(), 'HTTP/1.1 408 Request Timeout');
  upload.send('{"title":"b"}\n');
  upload.send('');
  assert.equal(await upload.answer(), 'HTTP/1.1 200 OK');
});

test('a request that follows on the connection of a stream has its time again', { timeout: 60_000 }, async () => {
  const stream = await post('/v1/books:import');
  stream.send('{"title":"a"}');
  stream.send('');
  assert.equal(await stream.answer(), 'HTTP/1.1 200 OK');
  const socket = sockets.at(-1);
  assert.ok(socket !== undefined);
  const closed = once(socket, 'close');
  socket.write('POST /v1/books HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
  // Its answer is the 408, and the end of the connection.
  await closed;
});
