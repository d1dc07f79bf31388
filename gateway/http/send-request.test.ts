import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { startGateway } from '../../test/vectors/gateway-under-test.ts';
import { readResponse } from '../../test/vectors/raw-client.ts';
import { ScriptedBackend, scriptKey } from '../../test/vectors/scripted-backend.ts';
import type { VectorAnswer } from '../../test/vectors/vector.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';

const backend = new ScriptedBackend();
let upstream: Upstream;
let gateway: Awaited<ReturnType<typeof startGateway>>;

before(async () => {
  const inner = createUpstream(await backend.listen());
  upstream = {
    start: (request, listener) =>
      inner.start({ ...request, metadata: [...request.metadata, [scriptKey, 'early']] }, listener),
    ready: (timeoutMs) => inner.ready(timeoutMs),
    close: (graceMs) => inner.close(graceMs),
  };
  gateway = await startGateway(upstream);
});

after(async () => {
  await gateway.app.close();
  await upstream.close(0);
  await backend.close();
});

const refused: VectorAnswer = {
  headers: [],
  messages: [],
  trailers: [],
  status: { code: 7, message: 'no' },
  before_request_end: true,
};
const answered: VectorAnswer = { ...refused, messages: [{ base64: 'CgJvaw==' }], status: { code: 0, message: '' } };
const oneItem: VectorAnswer = { ...answered, messages: [{ base64: 'CAE=' }] };

const rows: readonly (readonly [name: string, path: string, answer: VectorAnswer, status: number, body: string])[] = [
  ['a client stream that is refused', '/s/collect', refused, 403, '{"code":7,"message":"no","details":[]}'],
  ['a client stream that is answered', '/s/collect', answered, 200, '{"note":"ok"}'],
  [
    'a bidirectional stream that is refused',
    '/s/chat',
    refused,
    403,
    '{"error":{"code":7,"message":"no","details":[]}}\n',
  ],
  [
    'a bidirectional stream that is answered',
    '/s/chat',
    oneItem,
    200,
    '{"result":{"seq":"1","text":"","inner":null,"at":null}}\n',
  ],
];

for (const connection of ['close', 'keep-alive']) {
  for (const [name, path, answer, status, body] of rows) {
    test(`${name} before the request has ended gets its answer, connection: ${connection}`, async () => {
      backend.script('early', answer);
      const socket = connect(gateway.port, '127.0.0.1');
      const chunk = '{"seq":"1"}\n';
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\nTransfer-Encoding: chunked\r\n\r\n`;
      socket.write(`${head}${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      const response = await readResponse(socket, 'POST');
      assert.deepEqual([response.status, response.body.toString()], [status, body]);
      socket.destroy();
    });
  }
}

test('a message that cannot be read ends the request, whatever follows it', async () => {
  backend.script('early', { ...answered, before_request_end: false });
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write('POST /s/collect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  socket.write('17\r\n{"seq":"1"}\n{"seq":[]}\n\r\n');
  const response = await readResponse(socket, 'POST');
  assert.equal(response.status, 400);
  assert.match(response.body.toString(), /"code":3,"message":"seq: /);
  const next = readResponse(socket, 'GET');
  socket.write('3\r\nabc\r\n0\r\n\r\nGET /r/nowhere HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await next).status, 404);
  socket.destroy();
});
