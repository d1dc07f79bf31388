import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { vectorMessage } from '../../../test/vectors/vector-registry.ts';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { fieldMaskOf, writeFieldMask } from './field-mask.ts';

const request = vectorMessage('PatchRequest');
const thing = vectorMessage('Thing');

function pathsOf(body: string): unknown {
  const mask = fieldMaskOf(request);
  assert.ok(mask !== undefined);
  const message = fromBinary(request, writeFieldMask(mask, thing, Buffer.from(body)));
  const { updateMask } = message as unknown as { updateMask: { paths: string[] } };
  return updateMask.paths;
}

const rows: readonly (readonly [body: string, paths: string[]])[] = [
  ['{}', []],
  ['null', []],
  ['{"name":"a"}', ['name']],
  ['{"displayName":"a","name":null}', ['display_name', 'name']],
  ['{"display_name":"a"}', ['display_name']],
  ['{"renamed":"a"}', ['odd_one']],
  [
    '{"inner":{"a":"x","inner":{"n":1},"seenAt":"2026-01-02T03:04:05Z"}}',
    ['inner.a', 'inner.inner.n', 'inner.seen_at'],
  ],
  ['{"inner":{}}', ['inner']],
  ['{"inner":null}', ['inner']],
  ['{"tags":["a"],"parts":[{"a":"x"}],"labels":{"k":"v"}}', ['labels', 'parts', 'tags']],
  ['{"st":{"a":{"b":1}},"wrapped":"x","ts":"2026-01-02T03:04:05Z"}', ['st.a.b', 'ts', 'wrapped']],
  ['{"st":{"a":{},"b":[{"c":1}],"d":null}}', ['st.a', 'st.b', 'st.d']],
  ['{"st":{}}', ['st']],
  ['{"st":{"a.b":{"c,`d":1,"":2,"e-f":3}}}', ['st.`a.b`.``', 'st.`a.b`.`c,``d`', 'st.`a.b`.e-f']],
  ['{"any":{"@type":"type.googleapis.com/vectors.v1.Inner","a":"x"}}', ['any']],
];

for (const [body, paths] of rows) {
  test(`mask of ${body}`, () => assert.deepEqual(pathsOf(body), paths));
}

const faults: readonly (readonly [body: string, message: string])[] = [
  ['{"nope":1}', 'nope: vectors.v1.Thing has no such field'],
  ['{"inner":{"inner":{"nope":1}}}', 'inner.inner.nope: vectors.v1.Inner has no such field'],
  ['{"__proto__":{}}', '__proto__: vectors.v1.Thing has no such field'],
  ['{"any":{}}', 'any: "@type" is missing'],
  ['{"any":null}', 'any: "@type" is missing'],
];

for (const [body, message] of faults) {
  test(`no mask of ${body}`, () => {
    assert.throws(() => pathsOf(body), new StatusError(Code.INVALID_ARGUMENT, message));
  });
}

test('only a request with one mask has it filled in', () => {
  assert.equal(fieldMaskOf(request)?.name, 'update_mask');
  assert.equal(fieldMaskOf(thing), undefined);
});
