import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccessEntry, logAccess, requestIdOf, traceIdOf } from './access-log.ts';
import { createLogger } from './logger.ts';

const entry: AccessEntry = {
  method: 'GET',
  target: '/v1/greeting?token=secret',
  status: 200,
  code: 0,
  durationMs: 1.23456,
  headers: { 'x-request-id': 'abc', authorization: 'Bearer secret' },
};

function lineOf(each: AccessEntry, level = 'info'): unknown {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  logAccess(createLogger({ service: 'gateway', level, caller: false, destination }), each);
  const [line] = lines;
  if (line === undefined) return undefined;
  assert.ok(!line.includes('secret'));
  const { time, hostname, ...rest } = JSON.parse(line) as Record<string, unknown>;
  assert.ok(typeof time === 'string' && typeof hostname === 'string');
  return rest;
}

test('a line tells of the request, without its query and its credentials', () => {
  assert.deepEqual(lineOf(entry), {
    level: 'info',
    service: 'gateway',
    method: 'GET',
    path: '/v1/greeting',
    status: 200,
    code: 'OK',
    durationMs: 1.235,
    requestId: 'abc',
    message: 'request',
  });
  assert.equal(lineOf(entry, 'warn'), undefined);
});

test('what a client chooses is cut at 1000 characters', () => {
  const long = lineOf({ ...entry, target: `/${'x'.repeat(2000)}` });
  assert.equal((long as { path: string }).path.length, 1001);
  assert.equal(requestIdOf({ 'x-request-id': 'y'.repeat(2000) })?.length, 1001);
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traces: readonly (readonly [headers: Record<string, string>, traceId: string | undefined])[] = [
  [{}, undefined],
  [{ traceparent: `00-${traceId}-b7ad6b7169203331-01` }, traceId],
  [{ traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-b3-traceid': '463ac35c9f6413ad' }, traceId],
  [{ traceparent: 'nonsense', 'x-b3-traceid': '463AC35C9F6413AD' }, '463ac35c9f6413ad'],
  [{ 'x-b3-traceid': traceId }, traceId],
  [{ 'x-b3-traceid': 'x'.repeat(32) }, undefined],
];
for (const [headers, expected] of traces) {
  test(`trace id of ${JSON.stringify(headers)}`, () => assert.equal(traceIdOf(headers), expected));
}
