import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { vectorMessage, vectorPath, vectorRegistry } from '../../../test/vectors/vector-registry.ts';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { defaultJsonOptions } from '../codec.ts';
import { createCodecs } from '../create-codecs.ts';
import { createQueryBinder, type QueryBinderOptions } from './query-binder.ts';
import { parseQueryString } from './query-string.ts';

const codecs = createCodecs(vectorRegistry, defaultJsonOptions);
const request = vectorMessage('Everything');
const options: QueryBinderOptions = {
  request,
  pathVariables: [],
  bodyPath: [],
  codecs,
  unknownParameters: 'ignore',
};

function bind(
  query: string,
  changes: Partial<QueryBinderOptions> = {},
): { readonly json: unknown; readonly set: string[] } {
  const writer = new BinaryWriter();
  const set = createQueryBinder({ ...options, ...changes })(writer, parseQueryString(query));
  return {
    json: toJson(request, fromBinary(request, writer.finish()), { registry: vectorRegistry }),
    set: [...set].map(({ name }) => name),
  };
}

const rows: readonly (readonly [query: string, json: unknown, changes?: Partial<QueryBinderOptions>])[] = [
  ['', {}],
  ['f_int32=5&fInt64=6', { fInt32: 5, fInt64: '6' }],
  ['renamed=x', { renamed: 'x' }],
  ['odd_one=x', { renamed: 'x' }],
  ['r_string=a&r_string=b', { rString: ['a', 'b'] }],
  ['inner.a=x&inner.inner.n=2', { inner: { a: 'x', inner: { n: 2 } } }],
  ['m_ss[a]=1&m_ss[b]=2', { mSs: { a: '1', b: '2' } }],
  ['m_ss[a[b]]=1&m_ss[]=2', { mSs: { 'a[b]': '1', '': '2' } }],
  ['inner.labels[k.l]=v', { inner: { labels: { 'k.l': 'v' } } }],
  ['c_inner.a=x&c_inner.n=1', { cInner: { a: 'x', n: 1 } }],
  ['ts.seconds=5&ts.nanos=6000', { ts: '1970-01-01T00:00:05.000006Z' }],
  ['nope=1&inner.nope=2&inner.=3&.=4&constructor=5&__proto__=6', {}],
  ['F_INT32=1', {}],
  ['f_int32=5&inner.n=6', { inner: { n: 6 } }, { pathVariables: [vectorPath(request, 'f_int32')] }],
  ['f_string.x=5&f_string[y]=6&f_int32=7', { fInt32: 7 }, { pathVariables: [vectorPath(request, 'f_string')] }],
  ['inner.a=5&inner.n=6', { inner: { n: 6 } }, { pathVariables: [vectorPath(request, 'inner.a')] }],
  ['inner.a=5&f_int32=6', { fInt32: 6 }, { pathVariables: [vectorPath(request, 'inner')] }],
  ['inner.a=5&f_int32=6', { fInt32: 6 }, { bodyPath: vectorPath(request, 'inner') }],
  ['f_string.x=5&f_string[y]=6&f_int32=7', { fInt32: 7 }, { pathVariables: [vectorPath(request, 'f_string')] }],
  ['inner.a=5&inner.n=6', { inner: { n: 6 } }, { bodyPath: vectorPath(request, 'inner.a') }],
];

for (const [query, json, changes] of rows) {
  test(`query ${query}`, () => assert.deepEqual(bind(query, changes).json, json));
}

const faults: readonly (readonly [query: string, message: string, changes?: Partial<QueryBinderOptions>])[] = [
  ['f_int32=5&f_int32=6', 'parameter "f_int32": more than one value'],
  ['f_int32=5&fInt32=6', 'parameter "fInt32": the field is given twice'],
  ['m_ss[a]=1&m_ss[a]=2', 'parameter "m_ss[a]": more than one value'],
  ['m_ss[a]=1&mSs[a]=2', 'parameter "mSs[a]": the field is given twice'],
  ['r_string[]=a', 'parameter "r_string[]": the field is not a map'],
  ['f_int32.x=1', 'parameter "f_int32.x": "f_int32" is not a message'],
  ['m_ss.k=1', 'parameter "m_ss.k": "m_ss" is not a message'],
  ['r_inner.a=1', 'parameter "r_inner.a": "r_inner" is not a message'],
  ['c_str=a&c_int=1', 'parameter "c_int": "c_str" of the oneof "choice" is set already'],
  ['c_str=a&c_inner.a=1', 'parameter "c_inner.a": "c_str" of the oneof "choice" is set already'],
  [
    'c_int=1',
    'parameter "c_int": "c_str" of the oneof "choice" is set already',
    { pathVariables: [vectorPath(request, 'c_str')] },
  ],
  ['nope=1', 'parameter "nope": no such field', { unknownParameters: 'reject' }],
  ['inner.nope=1', 'parameter "inner.nope": no such field', { unknownParameters: 'reject' }],
  [`${'inner.'.repeat(100)}a=1`, `parameter "${'inner.'.repeat(100).slice(0, 100)}…": nested deeper than 100 fields`],
];

for (const [query, message, changes] of faults) {
  test(`query ${query.slice(0, 60)} is refused`, () => {
    assert.throws(() => bind(query, changes), new StatusError(Code.INVALID_ARGUMENT, message));
  });
}

test('it tells which fields were set', () => {
  assert.deepEqual(bind('inner.a=x&f_int32=5&nope=1&inner.n=1').set, ['inner', 'f_int32']);
});

test('it remembers no more names than it may', () => {
  const bindQuery = createQueryBinder(options);
  for (let depth = 0; depth < 1000; depth += 1) {
    const name = `${'inner.'.repeat(depth % 90)}labels[${depth}]`;
    bindQuery(new BinaryWriter(), new Map([[name, ['v']]]));
  }
  const writer = new BinaryWriter();
  bindQuery(writer, new Map([['f_int32', ['5']]]));
  assert.deepEqual([...writer.finish()], [0x18, 5]);
});
