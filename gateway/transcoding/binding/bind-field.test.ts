import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DescMessage, fromBinary, toJson } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { vectorMessage, vectorPath, vectorRegistry } from '../../../test/vectors/vector-registry.ts';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { defaultJsonOptions } from '../codec.ts';
import { createCodecs } from '../create-codecs.ts';
import { bindField, type TextValue } from './bind-field.ts';

const codecs = createCodecs(vectorRegistry, defaultJsonOptions);
const everything = vectorMessage('Everything');

function bind(path: string, values: readonly TextValue[], type: DescMessage = everything): unknown {
  const writer = new BinaryWriter();
  bindField(writer, vectorPath(type, path), values, { codecs, parameter: path });
  return toJson(type, fromBinary(type, writer.finish()), { registry: vectorRegistry });
}

const rows: readonly (readonly [path: string, values: TextValue[], json: unknown])[] = [
  ['f_int32', [{ text: '5' }], { fInt32: 5 }],
  ['f_string', [{ text: '' }], {}],
  ['o_string', [{ text: '' }], { oString: '' }],
  ['color', [{ text: 'RED' }], { color: 'RED' }],
  ['r_int32', [{ text: '1' }, { text: '2' }], { rInt32: [1, 2] }],
  ['r_color', [{ text: '1' }, { text: '77' }], { rColor: ['RED', 77] }],
  ['r_ts', [{ text: '2026-01-02T03:04:05Z' }], { rTs: ['2026-01-02T03:04:05Z'] }],
  ['inner.a', [{ text: 'x' }], { inner: { a: 'x' } }],
  ['inner.inner.tags', [{ text: 'x' }, { text: 'y' }], { inner: { inner: { tags: ['x', 'y'] } } }],
  ['inner.seen_at', [{ text: '2026-01-02T03:04:05Z' }], { inner: { seenAt: '2026-01-02T03:04:05Z' } }],
  ['m_ss', [{ key: 'k', text: 'v' }], { mSs: { k: 'v' } }],
  ['m_is', [{ key: '-1', text: 'v' }], { mIs: { '-1': 'v' } }],
  ['m_bs', [{ key: 'true', text: 'v' }], { mBs: { true: 'v' } }],
  ['m_sc', [{ key: '', text: 'BLUE' }], { mSc: { '': 'BLUE' } }],
  ['m_sd', [{ key: 'k', text: '1m' }], { mSd: { k: '60s' } }],
  ['m_ss', [{ key: '__proto__', text: 'v' }], JSON.parse('{"mSs":{"__proto__":"v"}}')],
  ['w_string', [{ text: 'x' }], { wString: 'x' }],
  ['w_string.value', [{ text: 'x' }], { wString: 'x' }],
  ['c_inner.a', [{ text: 'x' }], { cInner: { a: 'x' } }],
  ['nv', [{ text: 'NULL_VALUE' }], {}],
  ['empty', [{ text: '' }], { empty: {} }],
];

for (const [path, values, json] of rows) {
  test(`${path} = ${values.map(({ key, text }) => (key === undefined ? text : `${key}:${text}`)).join(' ')}`, () => {
    assert.deepEqual(bind(path, values), json);
  });
}

const faults: readonly (readonly [path: string, values: TextValue[], message: string])[] = [
  ['f_int32', [{ text: 'x' }], 'parameter "f_int32": "x" is not a value of type int32'],
  ['r_int32', [{ text: '1' }, { text: '' }], 'parameter "r_int32": "" is not a value of type int32'],
  ['color', [{ text: 'PINK' }], 'parameter "color": "PINK" is not a value of vectors.v1.Color'],
  ['m_ss', [{ text: 'v' }], 'parameter "m_ss": a map needs its key: name[key]=value'],
  ['m_is', [{ key: 'k', text: 'v' }], 'parameter "m_is": "k" is not a value of type int32'],
  [
    'm_si',
    [{ key: 'k', text: 'v' }],
    'parameter "m_si": a value of type vectors.v1.Inner cannot stand in a path or query',
  ],
  ['inner', [{ text: '{}' }], 'parameter "inner": a value of type vectors.v1.Inner cannot stand in a path or query'],
];

for (const [path, values, message] of faults) {
  test(`fault: ${message}`, () => {
    assert.throws(() => bind(path, values), new StatusError(Code.INVALID_ARGUMENT, message));
  });
}

test('a fault of the JSON form names the parameter', () => {
  assert.throws(
    () => bind('ts', [{ text: 'x' }]),
    (error) =>
      error instanceof StatusError &&
      error.code === Code.INVALID_ARGUMENT &&
      error.message.startsWith('parameter "ts": '),
  );
});
