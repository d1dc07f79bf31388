import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { parseGrpcTimeout } from './grpc-timeout.ts';

const valid: readonly (readonly [text: string, milliseconds: number])[] = [
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3000],
  ['250m', 250],
  ['1500u', 1.5],
  ['1n', 0.000001],
  ['99999999H', 359_999_996_400_000],
  ['00000001S', 1000],
];

for (const [text, milliseconds] of valid) {
  test(`Grpc-Timeout ${text} is ${milliseconds} ms`, () => assert.equal(parseGrpcTimeout(text), milliseconds));
}

for (const text of [
  '',
  'S',
  '1',
  '0S',
  '00000000n',
  '123456789S',
  '-1S',
  '+1S',
  '1.5S',
  '1s',
  '1h',
  ' 1S',
  '1S ',
  '1S\n',
  '１S',
  'x'.repeat(99),
]) {
  test(`Grpc-Timeout is never ${JSON.stringify(text.slice(0, 20))}`, () => {
    const error = new StatusError(Code.INVALID_ARGUMENT, `invalid Grpc-Timeout: "${text.slice(0, 50)}"`);
    assert.throws(() => parseGrpcTimeout(text), error);
  });
}
