import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { readResponse } from '../../test/vectors/raw-client.ts';
import { lingerOnRest } from './linger.ts';

/** Far more than any of it takes: a test that waits for what never comes fails instead of hanging. */
const timeout = 60_000;

/** Answers every request at once, without reading its body. */
const server = createServer((request, response) => {
  lingerOnRest(request, response);
  response.end(`${request.method} ${request.url}`);
});

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

const mebibyte = Buffer.alloc(1024 * 1024, 'a');

/** false: the other side is gone. */
function write(socket: Socket, bytes: Buffer | string): Promise<boolean> {
  return new Promise((resolve) => socket.write(bytes, (error) => resolve(!error)));
}

test('the answer arrives, and the connection closes behind the rest of the body', { timeout }, async () => {
  const socket = await open();
  const response = readResponse(socket, 'POST');
  await write(
    socket,
    `POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${4 * mebibyte.length}\r\n\r\n`,
  );
  assert.equal((await response).body.toString(), 'POST /a');
  const ended = once(socket, 'end');
  socket.resume();
  for (let sent = 0; sent < 4; sent += 1) assert.equal(await write(socket, mebibyte), true);
  await ended;
});

test('a kept connection goes on behind the rest of the body', { timeout }, async () => {
  const socket = await open();
  const first = readResponse(socket, 'POST');
  await write(socket, 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  assert.equal((await first).body.toString(), 'POST /a');
  const second = readResponse(socket, 'GET');
  await write(socket, `${mebibyte.length.toString(16)}\r\n${mebibyte}\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`);
  assert.equal((await second).body.toString(), 'GET /b');
  socket.destroy();
});

test('a body without an end is cut', { timeout }, async () => {
  const socket = await open();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.resume();
  await write(socket, 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let sent = 0; sent < 1000; sent += 1) {
    if (!(await write(socket, `${mebibyte.length.toString(16)}\r\n${mebibyte}\r\n`))) break;
  }
  await closed;
});

test('a request without a body is none to wait for', { timeout }, async () => {
  const socket = await open();
  const response = readResponse(socket, 'GET');
  const ended = once(socket, 'end');
  await write(socket, 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.deepEqual((await response).headers.get('connection'), ['close']);
  await ended;
});
