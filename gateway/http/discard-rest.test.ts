import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { discardRest } from './discard-rest.ts';

test('what is left of a body is read', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const body = new PassThrough();
  body.write('x'.repeat(100_000));
  discardRest(body);
  body.end('x'.repeat(100_000));
  await finished(body);
  context.mock.timers.tick(60_000);
  assert.equal(body.errored, null);
});

test('a body without an end is cut off', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const body = new PassThrough();
  discardRest(body);
  context.mock.timers.tick(4999);
  assert.equal(body.destroyed, false);
  context.mock.timers.tick(1);
  assert.equal(body.destroyed, true);
});

test('a body that has ended is left alone', async () => {
  const body = new PassThrough();
  body.resume().end();
  await finished(body);
  const listeners = body.eventNames().length;
  discardRest(body);
  assert.equal(body.eventNames().length, listeners);
});
