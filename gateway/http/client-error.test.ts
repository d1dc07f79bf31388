import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { answerClientError } from './client-error.ts';

const server = createServer();
const sockets: Socket[] = [];
/** Answers the requests to "/held" that are waiting. */
const held: (() => void)[] = [];

before(async () => {
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('clientError', (error, socket) => answerClientError(server, error, socket as Socket));
  server.on('request', (request, response) => {
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      const answer = (): unknown => response.end(`${request.method} ${request.url} [${Buffer.concat(body)}]`);
      if (request.url === '/held') held.push(answer);
      else answer();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Sends the parts as packets of their own; gives the bodies of the responses, and how the last one ended. */
async function send(
  ...parts: readonly (string | Buffer)[]
): Promise<{ readonly heads: string[]; readonly bodies: string[] }> {
  const connected = once(server, 'connection');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [peer] = (await connected) as [Socket];
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => undefined);
  const closed = once(socket, 'close');
  for (const part of parts) {
    const wanted = peer.bytesRead + Buffer.byteLength(part);
    socket.write(part);
    while (peer.bytesRead < wanted && !peer.destroyed) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const answer of held.splice(0)) answer();
  await closed;
  const responses = Buffer.concat(received)
    .toString()
    .split(/(?=HTTP\/1\.1 )/);
  return {
    heads: responses.map((response) => response.split('\r\n')[0] ?? ''),
    bodies: responses.map((response) => response.split('\r\n\r\n')[1] ?? ''),
  };
}

test('a target in UTF-8 is served, and the connection closed', async () => {
  const { heads, bodies } = await send('GET /é?q=ü HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.deepEqual(heads, ['HTTP/1.1 200 OK']);
  assert.deepEqual(bodies, ['GET /%C3%A9?q=%C3%BC []']);
});

test('bytes that are no UTF-8 are encoded all the same', async () => {
  const { bodies } = await send(Buffer.from('GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n', 'latin1'));
  assert.deepEqual(bodies, ['GET /%FF%FE []']);
});

test('a request line, its headers and its body may come in pieces', async () => {
  const { bodies } = await send(
    'POST /é',
    'ü HT',
    'TP/1.1\r\nHost: a\r\nContent-',
    'Length: 6\r\n\r\nab',
    'c',
    'd',
    'ef',
  );
  assert.deepEqual(bodies, ['POST /%C3%A9%C3%BC [abcdef]']);
});

test('it is answered behind the requests that came before it on the connection', async () => {
  const { bodies } = await send(
    'GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\nGET /é HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  assert.deepEqual(bodies, ['GET /held []', 'GET /second []', 'GET /%C3%A9 []']);
});

test('a kept connection serves it as its last request', async () => {
  const { bodies } = await send(
    'GET /a HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /é HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  assert.deepEqual(bodies, ['GET /a []', 'GET /%C3%A9 []']);
});

test('a client that asked for it to be the last gets no answer to a request behind it', async () => {
  const { bodies } = await send(
    'GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /é HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  assert.deepEqual(bodies, ['GET /held []']);
});

const malformed = '{"code":3,"message":"malformed HTTP request","details":[]}';
const refusals: readonly (readonly [
  name: string,
  packets: readonly (string | Buffer)[],
  head: string,
  body: string,
])[] = [
  ['no HTTP', ['nonsense\r\n\r\n'], 'HTTP/1.1 400 Bad Request', malformed],
  ['a TLS handshake', [Buffer.from('160301020001', 'hex')], 'HTTP/1.1 400 Bad Request', malformed],
  [
    'an unknown method',
    ['BREW /a HTTP/1.1\r\nHost: a\r\n\r\n'],
    'HTTP/1.1 501 Not Implemented',
    '{"code":12,"message":"Method Not Allowed","details":[]}',
  ],
  [
    'a method in lower case',
    ['get /a HTTP/1.1\r\nHost: a\r\n\r\n'],
    'HTTP/1.1 501 Not Implemented',
    '{"code":12,"message":"Method Not Allowed","details":[]}',
  ],
  ['a control character in the target', ['GET /\u0001 HTTP/1.1\r\n\r\n'], 'HTTP/1.1 400 Bad Request', malformed],
  ['one behind a byte outside of ASCII', ['GET /é\u0001 HTTP/1.1\r\n\r\n'], 'HTTP/1.1 400 Bad Request', malformed],
  ['one in a later packet', ['GET /é', '\u0001 HTTP/1.1\r\n\r\n'], 'HTTP/1.1 400 Bad Request', malformed],
  [
    'a raw byte behind the packet that began the line',
    ['GET /a', 'é HTTP/1.1\r\n\r\n'],
    'HTTP/1.1 400 Bad Request',
    malformed,
  ],
  [
    'headers that are too large',
    [`GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    'HTTP/1.1 431 Request Header Fields Too Large',
    '{"code":3,"message":"the header fields are too large","details":[]}',
  ],
  [
    'a broken chunk',
    ['POST /é HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    'HTTP/1.1 400 Bad Request',
    malformed,
  ],
];

for (const [name, packets, head, body] of refusals) {
  test(`refused: ${name}`, async () => {
    assert.deepEqual(await send(...packets), { heads: [head], bodies: [body] });
  });
}

test('a refusal waits for the responses that are due before it', async () => {
  const { heads, bodies } = await send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n', 'nonsense\r\n\r\n');
  assert.deepEqual(heads, ['HTTP/1.1 200 OK', 'HTTP/1.1 400 Bad Request']);
  assert.deepEqual(bodies, ['GET /held []', malformed]);
});

test('a client that leaves before its turn leaves nothing behind', async () => {
  const connected = once(server, 'connection');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [peer] = (await connected) as [Socket];
  const requested = once(server, 'request');
  socket.write('GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /é HTTP/1.1\r\nHost: a\r\n\r\n');
  await requested;
  const closed = new Promise((resolve) => peer.once('close', resolve));
  socket.resetAndDestroy();
  for (const answer of held.splice(0)) answer();
  await closed;
  assert.deepEqual((await send('GET /é HTTP/1.1\r\nHost: a\r\n\r\n')).bodies, ['GET /%C3%A9 []']);
});
