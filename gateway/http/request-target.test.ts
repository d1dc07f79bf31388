import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewriteAbsoluteTarget, splitTarget } from './request-target.ts';

const targets: readonly (readonly [target: string, prefix: string, path: string, query: string])[] = [
  ['/', '', '/', ''],
  ['/a%2Fb', '', '/a%2Fb', ''],
  ['/a?b=c?d&e', '', '/a', 'b=c?d&e'],
  ['/a?', '', '/a', ''],
  ['?a', '', '/', 'a'],
  ['', '', '/', ''],
  ['*', '', '*', ''],
  ['/api/v1?x', '/api', '/v1', 'x'],
  ['/api', '/api', '/', ''],
  ['/api?x', '/api', '/', 'x'],
  ['/other', '/api', '/other', ''],
];

for (const [target, prefix, path, query] of targets) {
  test(`target ${target} under "${prefix}"`, () => assert.deepEqual(splitTarget(target, prefix), { path, query }));
}

const absolutes: readonly (readonly [url: string | undefined, rewritten: string, host: string])[] = [
  ['/a?b', '/a?b', 'own.test'],
  ['http://gw.test/a?b', '/a?b', 'gw.test'],
  ['HTTPS://gw.test:8443', '/', 'gw.test:8443'],
  ['http://gw.test?b', '/?b', 'gw.test'],
  ['http://user:secret@gw.test/a', '/a', 'gw.test'],
  ['http:///a', '/a', 'own.test'],
  ['ftp://gw.test/a', 'ftp://gw.test/a', 'own.test'],
  ['/a?u=http://x/', '/a?u=http://x/', 'own.test'],
  ['*', '*', 'own.test'],
  [undefined, '/', 'own.test'],
];

for (const [url, rewritten, host] of absolutes) {
  test(`absolute target ${url}`, () => {
    const request = { url, headers: { host: 'own.test' } };
    assert.equal(rewriteAbsoluteTarget(request), rewritten);
    assert.equal(request.headers.host, host);
  });
}
