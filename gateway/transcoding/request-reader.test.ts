import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import { vectorMessage, vectorRegistry } from '../../test/vectors/vector-registry.ts';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { parseQueryString } from './binding/query-string.ts';
import { defaultJsonOptions } from './codec.ts';
import { createCodecs } from './create-codecs.ts';
import { createRequestReader } from './request-reader.ts';

const codecs = createCodecs(vectorRegistry, defaultJsonOptions);

interface Row {
  readonly type: string;
  /** Template variables, with the values that the path has for them. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly rule?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly patch?: boolean;
}

function read({ type, path = {}, query = '', rule = '', body = '', contentType = '', patch = false }: Row): unknown {
  const request = vectorMessage(type);
  const reader = createRequestReader({
    request,
    variables: Object.keys(path).map((name) => name.split('.')),
    body: rule,
    fillsFieldMask: patch,
    codecs,
    unknownParameters: 'ignore',
  });
  const wire = reader({
    captures: Object.values(path),
    parameters: parseQueryString(query),
    body: Buffer.from(body),
    contentType,
  });
  return toJson(request, fromBinary(request, wire), { registry: vectorRegistry });
}

const rows: readonly (readonly [name: string, row: Row, json: unknown])[] = [
  ['path and query', { type: 'WrapRequest', path: { id: '7' }, query: 'note=hi&id=8' }, { id: '7', note: 'hi' }],
  ['no body rule: the body is not looked at', { type: 'WrapRequest', body: '{"id":"7"}' }, {}],
  ['body "*": no query', { type: 'WrapRequest', rule: '*', body: '{"id":"7"}', query: 'note=hi' }, { id: '7' }],
  [
    'body "*": the path wins',
    { type: 'WrapRequest', rule: '*', body: '{"id":"7","inner":{"a":"b","n":1}}', path: { 'inner.a': 'p', id: '8' } },
    { id: '8', inner: { a: 'p', n: 1 } },
  ],
  [
    'a field as body, the rest from the query',
    { type: 'WrapRequest', rule: 'inner', body: '{"a":"b"}', query: 'note=hi&inner.n=5' },
    { inner: { a: 'b' }, note: 'hi' },
  ],
  [
    'a field of a message as body, its neighbours from the query',
    { type: 'WrapRequest', rule: 'inner.a', body: '"b"', query: 'note=hi&inner.n=5&inner.a=q' },
    { inner: { a: 'b', n: 5 }, note: 'hi' },
  ],
  ['an empty body for a scalar of a message: not there', { type: 'WrapRequest', rule: 'inner.a' }, {}],
  ['an empty body is an empty message', { type: 'WrapRequest', rule: '*' }, {}],
  ['an empty body for a field: present and empty', { type: 'WrapRequest', rule: 'inner', body: ' \n' }, { inner: {} }],
  ['an empty body for a scalar: not there', { type: 'BodyRequest', rule: 'opt' }, {}],
  [
    'a member of a oneof by path wins over the body',
    {
      type: 'Everything',
      rule: '*',
      body: '{"cInner":{"a":"b"},"inner":{"n":1}}',
      path: { 'inner.a': 'x', c_str: 'y' },
    },
    { cStr: 'y', inner: { a: 'x', n: 1 } },
  ],
  ['a list by path', { type: 'Everything', path: { r_int32: '1,2' } }, { rInt32: [1, 2] }],
  [
    'raw data',
    { type: 'google.api.HttpBody', rule: '*', body: 'plain', contentType: 'text/plain' },
    { contentType: 'text/plain', data: 'cGxhaW4=' },
  ],
  [
    'raw data for a field',
    { type: 'RawRequest', rule: 'payload', body: 'plain', contentType: 'text/plain', path: { name: 'n' } },
    { name: 'n', payload: { contentType: 'text/plain', data: 'cGxhaW4=' } },
  ],
  [
    'an HttpBody as JSON',
    { type: 'google.api.HttpBody', rule: '*', body: '{"data":"YQ=="}', contentType: 'Application/JSON; charset=utf-8' },
    { data: 'YQ==' },
  ],
  [
    'an HttpBody without content type is JSON',
    { type: 'google.api.HttpBody', rule: '*', body: '{"data":"YQ=="}' },
    { data: 'YQ==' },
  ],
  [
    'a PATCH fills the mask in',
    { type: 'PatchRequest', rule: 'thing', patch: true, body: '{"name":"n","inner":{"a":"x"}}', path: { id: '7' } },
    { id: '7', thing: { name: 'n', inner: { a: 'x' } }, updateMask: 'inner.a,name' },
  ],
  [
    'a mask in the query stays',
    { type: 'PatchRequest', rule: 'thing', patch: true, body: '{"name":"n"}', query: 'updateMask=displayName' },
    { thing: { name: 'n' }, updateMask: 'displayName' },
  ],
  [
    'no mask for the whole message',
    { type: 'PatchRequest', rule: '*', patch: true, body: '{"thing":{"name":"n"}}' },
    { thing: { name: 'n' } },
  ],
  [
    'required fields from all sides',
    { type: 'OldMessage', rule: 'child', body: '{"name":"c"}', path: { name: 'p' }, query: 'n=1' },
    { name: 'p', n: 1, child: { name: 'c' } },
  ],
];

for (const [name, row, json] of rows) {
  test(`request: ${name}`, () => assert.deepEqual(read(row), json));
}

const faults: readonly (readonly [row: Row, message: string])[] = [
  [{ type: 'TypedRequest', path: { f_int32: 'x' } }, 'parameter "f_int32": "x" is not a value of type int32'],
  [{ type: 'Everything', path: { 'inner.n': '' } }, 'parameter "inner.n": "" is not a value of type int32'],
  [{ type: 'OldMessage', rule: '*' }, 'name is required'],
  [{ type: 'OldMessage', path: { name: 'p' }, query: 'child.n=1' }, 'child.name is required'],
];

for (const [row, message] of faults) {
  test(`request is refused: ${message}`, () => {
    assert.throws(() => read(row), new StatusError(Code.INVALID_ARGUMENT, message));
  });
}

for (const body of ['{', '[]', '1', '{} x', '{}{}', '\ufeff{}', '{"a":1}}']) {
  test(`no body: ${body}`, () => {
    assert.throws(() => read({ type: 'WrapRequest', rule: '*', body }), {
      name: 'StatusError',
      code: Code.INVALID_ARGUMENT,
    });
    assert.throws(() => read({ type: 'WrapRequest', rule: 'inner', body }), {
      name: 'StatusError',
      code: Code.INVALID_ARGUMENT,
    });
  });
}

test('a body cannot break out of its field', () => {
  for (const body of ['{},"id":"7"', '{}}{', '{},"note":"x","inner":{}']) {
    assert.throws(() => read({ type: 'WrapRequest', rule: 'inner', body }), { code: Code.INVALID_ARGUMENT });
  }
  assert.throws(() => read({ type: 'BodyRequest', rule: 'text', body: '"a","id":"b"' }), {
    code: Code.INVALID_ARGUMENT,
  });
});
