import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { vectorMessage } from '../../test/vectors/vector-registry.ts';
import { HttpBodySchema } from '../gen/google/api/httpbody_pb.ts';
import { isHttpBody, readHttpBody, readMessageField, writeHttpBody } from './http-body.ts';

test('what is written is what the generated code writes', () => {
  for (const body of [
    { contentType: '', data: new Uint8Array() },
    { contentType: 'text/plain; charset=utf-8', data: Buffer.from('a') },
    { contentType: '', data: Buffer.alloc(300, 1) },
  ]) {
    const wire = writeHttpBody(body);
    assert.deepEqual(wire, toBinary(HttpBodySchema, create(HttpBodySchema, body)));
    const { contentType, data } = readHttpBody(wire);
    assert.deepEqual({ contentType, data: Buffer.from(data) }, { ...body, data: Buffer.from(body.data) });
  }
});

test('extensions and unknown fields are passed over, the last of a field counts', () => {
  const extension = toBinary(StringValueSchema, create(StringValueSchema, { value: 'x' }));
  const wire = new BinaryWriter()
    .raw(writeHttpBody({ contentType: 'a/b', data: Buffer.from('first') }))
    .tag(3, WireType.LengthDelimited)
    .bytes(extension)
    .tag(9, WireType.Varint)
    .uint32(7)
    .tag(2, WireType.Bit32)
    .fixed32(1)
    .raw(writeHttpBody({ contentType: 'c/d', data: Buffer.from('second') }))
    .finish();
  const { contentType, data } = readHttpBody(wire);
  assert.deepEqual([contentType, Buffer.from(data).toString()], ['c/d', 'second']);
});

for (const wire of ['0a05', '0aff', '12', '0b', '00', '0f']) {
  test(`bytes ${wire} are refused, not read past`, () => {
    assert.throws(() => readHttpBody(Buffer.from(wire, 'hex')));
  });
}

test('the pieces of a message field are joined', () => {
  const piece = (text: string) => new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(Buffer.from(text)).finish();
  assert.equal(Buffer.from(readMessageField(Buffer.concat([piece('a'), piece('b')]), 2)).toString(), 'ab');
  assert.equal(Buffer.from(readMessageField(piece('a'), 2)).toString(), 'a');
  assert.equal(readMessageField(piece('a'), 1).length, 0);
});

test('an HttpBody is known by its name', () => {
  assert.equal(isHttpBody(vectorMessage('google.api.HttpBody')), true);
  assert.equal(isHttpBody(vectorMessage('Inner')), false);
  assert.equal(isHttpBody(undefined), false);
});
