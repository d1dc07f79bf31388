import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import { vectorMessage, vectorRegistry } from '../../test/vectors/vector-registry.ts';
import { Code } from '../status/code.ts';
import { defaultJsonOptions } from './codec.ts';
import { createCodecs } from './create-codecs.ts';
import { createResponseWriter, type ResponseContent } from './response-writer.ts';

const codecs = createCodecs(vectorRegistry, { ...defaultJsonOptions, emitDefaults: false });

function write(type: string, responseBody: string, json: JsonValue): ResponseContent {
  const message = vectorMessage(type);
  return createResponseWriter(message, responseBody, codecs)(toBinary(message, fromJson(message, json)));
}

const rows: readonly (readonly [
  type: string,
  responseBody: string,
  json: JsonValue,
  contentType: string,
  text: string,
])[] = [
  ['Inner', '', { a: 'x' }, 'application/json', '{"a":"x"}'],
  ['BodyRequest', 'text', { text: 'x', id: '7' }, 'application/json', '"x"'],
  ['BodyRequest', 'inner', { inner: { a: 'x' } }, 'application/json', '{"a":"x"}'],
  ['BodyRequest', 'inner', {}, 'application/json', 'null'],
  ['BodyRequest', 'inner.a', { inner: { a: 'x' } }, 'application/json', '"x"'],
  ['BodyRequest', 'inner.a', {}, 'application/json', '""'],
  ['RawResponse', 'payload.data', { payload: { data: 'YQ==' } }, 'application/json', '"YQ=="'],
  ['BodyRequest', 'big', { big: '5' }, 'application/json', '"5"'],
  ['BodyRequest', 'words', {}, 'application/json', '[]'],
  ['google.api.HttpBody', '', { contentType: 'text/csv', data: 'YSxi' }, 'text/csv', 'a,b'],
  ['google.api.HttpBody', '', {}, 'application/octet-stream', ''],
  ['google.api.HttpBody', '', { contentType: 'a\nb', data: 'YQ==' }, 'application/octet-stream', 'a'],
  ['RawResponse', 'payload', { payload: { contentType: 'text/html', data: 'YQ==' } }, 'text/html', 'a'],
  ['RawResponse', 'payload', {}, 'application/octet-stream', ''],
  ['RawResponse', 'name', { name: 'n' }, 'application/json', '"n"'],
];

for (const [type, responseBody, json, contentType, text] of rows) {
  test(`answer ${type} ${responseBody} ${JSON.stringify(json)}`, () => {
    const content = write(type, responseBody, json);
    assert.deepEqual([content.contentType, Buffer.from(content.data).toString()], [contentType, text]);
    assert.equal(content.raw, contentType !== 'application/json');
  });
}

test('bytes that are no message are an internal error', () => {
  const broken = Buffer.from('0a05', 'hex');
  for (const type of ['Inner', 'Everything']) {
    assert.throws(() => createResponseWriter(vectorMessage(type), '', codecs)(broken), { code: Code.INTERNAL });
  }
  assert.throws(() => createResponseWriter(vectorMessage('google.api.HttpBody'), '', codecs)(broken));
});
