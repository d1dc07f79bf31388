import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import { FieldMaskSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { vectorMessage, vectorRegistry } from '../../../test/vectors/vector-registry.ts';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { defaultJsonOptions } from '../codec.ts';
import { createCodecs } from '../create-codecs.ts';
import { readMessageText } from './text-message.ts';
import { TextValueError } from './text-scalar.ts';

const codecs = createCodecs(vectorRegistry, defaultJsonOptions);

function jsonOf(type: string, text: string): unknown {
  const message = vectorMessage(`google.protobuf.${type}`);
  return toJson(message, fromBinary(message, readMessageText(codecs, message, text)));
}

const valid: readonly (readonly [type: string, text: string, json: unknown])[] = [
  ['Timestamp', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['Timestamp', '2026-01-02T03:04:05.123456789+01:00', '2026-01-02T02:04:05.123456789Z'],
  ['Duration', '1.5s', '1.500s'],
  ['Duration', '-0.000000001s', '-0.000000001s'],
  ['Duration', '1h2m3.5s', '3723.500s'],
  ['Duration', '250ms', '0.250s'],
  ['Duration', '-1m1us', '-60.000001s'],
  ['Duration', '2µs', '0.000002s'],
  ['Duration', '.5m', '30s'],
  ['Duration', '0', '0s'],
  ['Duration', '01s', '1s'],
  ['FieldMask', 'a,b.c', 'a,b.c'],
  ['FieldMask', 'displayName,inner.seenAt', 'displayName,inner.seenAt'],
  ['FieldMask', 'display_name', 'displayName'],
  ['FieldMask', '', ''],
  ['FieldMask', ',a,,', 'a'],
  ['Empty', '', {}],
  ['Empty', '{}', {}],
  ['Struct', '{"a":[1,null]}', { a: [1, null] }],
  ['Value', '"a"', 'a'],
  ['DoubleValue', '1.5', 1.5],
  ['Int64Value', '-5', '-5'],
  ['UInt32Value', '5', 5],
  ['BoolValue', 't', true],
  ['StringValue', '', ''],
  ['StringValue', '"quoted"', '"quoted"'],
  ['BytesValue', '-_8', '+/8='],
];

for (const [type, text, json] of valid) {
  test(`${type} "${text}"`, () => assert.deepEqual(jsonOf(type, text), json));
}

const invalid: readonly (readonly [type: string, text: string])[] = [
  ['Timestamp', ''],
  ['Timestamp', '"2026-01-02T03:04:05Z"'],
  ['Timestamp', '2026-01-02T03:04:05,5Z'],
  ['Timestamp', '2026-01-02 03:04:05Z'],
  ['Timestamp', '2026-13-02T03:04:05Z'],
  ['Timestamp', '10000-01-02T03:04:05Z'],
  ['Duration', ''],
  ['Duration', '1'],
  ['Duration', '1d'],
  ['Duration', 's'],
  ['Duration', '1h 2m'],
  ['Duration', '9999999h'.repeat(20)],
  ['Duration', '100000000h'],
  ['Empty', 'x'],
  ['Struct', '[1]'],
  ['Struct', '{"a":1} x'],
  ['Value', ''],
  ['Int64Value', ''],
  ['BoolValue', 'maybe'],
  ['Any', '{}'],
  ['ListValue', '[1]'],
];

for (const [type, text] of invalid) {
  test(`${type} is never "${text.slice(0, 40)}"`, () => {
    const message = vectorMessage(`google.protobuf.${type}`);
    assert.throws(() => readMessageText(codecs, message, text), isTextFault);
  });
}

test('names that are not lowerCamelCase stay as they are in a FieldMask', () => {
  const paths = ['a_B', 'Pascal', 'UPPER_CASE', 'x.y_z', '*'];
  const wire = readMessageText(codecs, FieldMaskSchema, paths.join(','));
  assert.deepEqual(fromBinary(FieldMaskSchema, wire).paths, paths);
});

test('a message of any other type has no text', () => {
  const fault = new TextValueError('a value of type vectors.v1.Inner cannot stand in a path or query');
  assert.throws(() => readMessageText(codecs, vectorMessage('Inner'), '{}'), fault);
});

test('any text is a message or a fault of the text', () => {
  const types = [...new Set(valid.map(([type]) => type))];
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+]?[0-9.hmsunµTZ:{}"[\],-]{0,40}$/));
  fc.assert(
    fc.property(fc.constantFrom(...types), text, (type, value) => {
      try {
        assert.notEqual(jsonOf(type, value), undefined);
      } catch (error) {
        assert.ok(isTextFault(error) || isUnwritableMask(type, error), `${type}: ${String(error)}`);
      }
    }),
    { numRuns: 1000 },
  );
});

function isTextFault(error: unknown): boolean {
  return error instanceof TextValueError || (error instanceof StatusError && error.code === Code.INVALID_ARGUMENT);
}

/** Paths of a mask are not looked at on their way in, and the oracle does not write all of them as JSON. */
function isUnwritableMask(type: string, error: unknown): boolean {
  return type === 'FieldMask' && !(error instanceof StatusError);
}
