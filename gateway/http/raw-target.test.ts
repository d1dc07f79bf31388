import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeLineRest, encodeRawTarget } from './raw-target.ts';

const rows: readonly (readonly [name: string, packet: string, errorAt: string, encoded: string | undefined])[] = [
  ['a path', 'GET /é HTTP/1.1\r\nHost: é\r\n\r\n', 'é', 'GET /%C3%A9 HTTP/1.1\r\nConnection: close\r\nHost: é\r\n\r\n'],
  ['a query, with an escape', 'GET /?q=%20ü HTTP/1.1\n\n', 'ü', 'GET /?q=%20%C3%BC HTTP/1.1\nConnection: close\r\n\n'],
  ['all of a line', 'GET /é/ü HTTP/1.1\r\n\r\n', 'é', 'GET /%C3%A9/%C3%BC HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'the second request of a packet',
    'GET /a HTTP/1.1\r\n\r\nGET /é HTTP/1.1\r\n\r\n',
    'é',
    'GET /%C3%A9 HTTP/1.1\r\nConnection: close\r\n\r\n',
  ],
  ['behind empty lines', '\r\n\r\nPUT /é HTTP/1.1\r\n\r\n', 'é', 'PUT /%C3%A9 HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a line that goes on', 'GET /é', 'é', 'GET /%C3%A9'],
  ['no byte outside of ASCII', 'GET /\u0001 HTTP/1.1\r\n\r\n', '\u0001', undefined],
  ['a line that began earlier', '/é HTTP/1.1\r\n\r\n', 'é', undefined],
  ['a method cut in two', 'T /é HTTP/1.1\r\n\r\n', 'é', undefined],
  ['an unknown method', 'BREW /é HTTP/1.1\r\n\r\n', 'é', undefined],
  ['nothing', '', '', undefined],
];

for (const [name, text, errorAt, encoded] of rows) {
  test(`encodeRawTarget: ${name}`, () => {
    const packet = Buffer.from(text);
    assert.equal(encodeRawTarget(packet, packet.indexOf(errorAt))?.bytes.toString(), encoded);
  });
}

test('the rest of a line is encoded up to its end', () => {
  const first = encodeLineRest(Buffer.from('ü/é'));
  assert.deepEqual([first.bytes.toString(), first.lineIsOpen], ['%C3%BC/%C3%A9', true]);
  const second = encodeLineRest(Buffer.from('é HTTP/1.1\r\nX: é\r\n\r\n'));
  assert.deepEqual(
    [second.bytes.toString(), second.lineIsOpen],
    ['%C3%A9 HTTP/1.1\r\nConnection: close\r\nX: é\r\n\r\n', false],
  );
});
