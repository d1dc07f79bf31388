import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vectorRegistry } from '../../test/vectors/vector-registry.ts';
import { Code } from '../status/code.ts';
import { type StatusDetail, StatusError } from '../status/status-error.ts';
import { defaultJsonOptions } from '../transcoding/codec.ts';
import { createCodecs } from '../transcoding/create-codecs.ts';
import { statusBody } from './status-body.ts';

const codecs = createCodecs(vectorRegistry, defaultJsonOptions);
const inner = 'type.googleapis.com/google.protobuf.StringValue';

const rows: readonly (readonly [name: string, message: string, details: StatusDetail[], body: unknown])[] = [
  ['no details', 'gone', [], { code: 5, message: 'gone', details: [] }],
  [
    'any text',
    '"\\\u0000\u2028</script>\u00e9\u{1f600}',
    [],
    { code: 5, message: '"\\\u0000\u2028</script>\u00e9\u{1f600}', details: [] },
  ],
  ['half a character', 'a\ud83d', [], { code: 5, message: 'a\ufffd', details: [] }],
  [
    'a known type',
    '',
    [{ typeUrl: inner, value: Buffer.from('0a0161', 'hex') }],
    { code: 5, message: '', details: [{ '@type': inner, value: 'a' }] },
  ],
  [
    'an unknown type',
    '',
    [{ typeUrl: 'a.test/No.Such', value: Buffer.from([1, 255]) }],
    { code: 5, message: '', details: [{ '@type': 'a.test/No.Such', value: 'Af8=' }] },
  ],
  [
    'bytes that are none of the type',
    '',
    [{ typeUrl: inner, value: Buffer.from([0x0a]) }],
    { code: 5, message: '', details: [{ '@type': inner, value: 'Cg==' }] },
  ],
];

for (const [name, message, details, body] of rows) {
  test(`google.rpc.Status as JSON: ${name}`, () => {
    const text = statusBody(new StatusError(Code.NOT_FOUND, message, { details }), codecs);
    assert.deepEqual(JSON.parse(text), body);
    assert.equal(text, text.toWellFormed());
  });
}

test('without codecs details stay packed', () => {
  const error = new StatusError(Code.NOT_FOUND, '', {
    details: [{ typeUrl: inner, value: Buffer.from('0a0161', 'hex') }],
  });
  assert.deepEqual(JSON.parse(statusBody(error, undefined)).details, [{ '@type': inner, value: 'CgFh' }]);
});
