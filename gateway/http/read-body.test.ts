import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { type BodyLimits, readBody } from './read-body.ts';

const tooLarge = new StatusError(Code.RESOURCE_EXHAUSTED, 'the request body is larger than 4 bytes', {
  httpStatus: 413,
});
const cut = new StatusError(Code.CANCELLED, 'the request body was cut short');

/** What `done` is called with; it fails when that is more than once. */
function read(stream: PassThrough, announcedBytes?: number): Promise<string | StatusError> {
  const limits: BodyLimits = { maxBytes: 4, announcedBytes };
  return new Promise((resolve, reject) => {
    let calls = 0;
    readBody(stream, limits, (body) => {
      calls += 1;
      if (calls > 1) reject(new Error('told twice'));
      setImmediate(() => resolve(body instanceof StatusError ? body : body.toString()));
    });
  });
}

function streamOf(...chunks: readonly string[]): PassThrough {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return stream;
}

const rows: readonly (readonly [
  name: string,
  chunks: string[],
  announced: number | undefined,
  result: string | StatusError,
])[] = [
  ['none', [], undefined, ''],
  ['one chunk', ['abcd'], 4, 'abcd'],
  ['several', ['a', 'bc', 'd'], undefined, 'abcd'],
  ['one byte too many', ['abcd', 'e'], undefined, tooLarge],
  ['far too many', ['abcdefghijkl', 'm', 'n'], undefined, tooLarge],
  ['announced as too large', [], 5, tooLarge],
  ['announced as small', ['abcde'], 1, tooLarge],
];

for (const [name, chunks, announced, result] of rows) {
  test(`body: ${name}`, async () => assert.deepEqual(await read(streamOf(...chunks), announced), result));
}

test('a body that is cut short', async () => {
  const stream = new PassThrough();
  const result = read(stream);
  stream.write('ab');
  stream.destroy();
  assert.deepEqual(await result, cut);
});

test('a body that fails', async () => {
  const stream = new PassThrough();
  const result = read(stream);
  stream.destroy(new Error('aborted'));
  stream.on('error', () => undefined);
  assert.deepEqual(await result, cut);
});
