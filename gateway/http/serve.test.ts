import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import type { VectorAnswer } from '../../test/vectors/vector.ts';
import { VectorPlayer } from '../../test/vectors/vector-player.ts';
import { vectorMessage } from '../../test/vectors/vector-registry.ts';

const player = new VectorPlayer();
const answer: VectorAnswer = {
  headers: [],
  messages: [{ base64: '' }],
  trailers: [],
  status: { code: 0, message: '' },
};

before(() => player.start('h2'));
after(() => player.close());

/** Method and request of the call that came of a form post, or the HTTP status without one. */
async function post(target: string, override: string, body: string): Promise<unknown> {
  const headers: [string, string][] = [
    ['Host', 'gw.test'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ...(override === '' ? [] : [['X-HTTP-Method-Override', override] as [string, string]]),
  ];
  const { calls, response } = await player.play({ method: 'POST', target, headers, body }, answer);
  const [call] = calls;
  if (call === undefined) return response.status;
  const type = vectorMessage(target.startsWith('/q') ? 'WrapRequest' : 'RouteRequest');
  const [message = Buffer.alloc(0)] = call.messages;
  return [call.method.split('/').at(-1), toJson(type, fromBinary(type, new Uint8Array(message)))];
}

const rows: readonly (readonly [target: string, override: string, body: string, outcome: unknown])[] = [
  ['/r/over/a', '', 'q=x', ['OverVar', { id: 'a', q: 'x' }]],
  ['/r/over/a?q=y', '', 'q=x', 400],
  ['/r/over/a', 'GET', 'q=x', ['OverVar', { id: 'a', q: 'x' }]],
  ['/r/over/a', 'get', 'q=x', ['OverVar', { id: 'a', q: 'x' }]],
  ['/r/over/a', 'POST', 'q=x', ['OverVar', { id: 'a', q: 'x' }]],
  ['/r/over/a', 'DELETE', 'q=x', 405],
  ['/r/m/a', 'delete', 'q=x', ['MethodDelete', { id: 'a', q: 'x' }]],
  ['/r/m/a', 'PUT', 'q=x', ['MethodPut', { id: 'a' }]],
  ['/r/m/a', 'PUT', '{"q":"x"}', ['MethodPut', { id: 'a' }]],
  ['/r/post/a', '', '{"q":"x"}', ['PostOnly', { id: 'a', q: 'x' }]],
  ['/r/post/a', '', 'q=x', 400],
  ['/r/postnobody/a', '', 'q=x', ['PostNoBody', { id: 'a', q: 'x' }]],
  ['/r/b/four/a', 'PUT', 'q=x', ['Bindings', { id: 'a', q: 'x', inner: {} }]],
  ['/q/wrap/a?e.r_string=2', 'POST', 'e.r_string=1', ['QueryWrap', { id: 'a', inner: {}, e: { rString: ['1', '2'] } }]],
];

for (const [target, override, body, outcome] of rows) {
  test(`form post ${target} ${override} ${body}`, async () =>
    assert.deepEqual(await post(target, override, body), outcome));
}
