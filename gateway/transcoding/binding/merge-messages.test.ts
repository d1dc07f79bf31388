import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  FieldDescriptorProtoSchema,
  type FieldOptions,
  FieldOptionsSchema,
  MethodDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { vectorMessage } from '../../../test/vectors/vector-registry.ts';
import { mergeMessages } from './merge-messages.ts';

const piece = (options: Partial<FieldOptions>, name = ''): Uint8Array =>
  toBinary(
    FieldDescriptorProtoSchema,
    create(FieldDescriptorProtoSchema, { name, options: create(FieldOptionsSchema, options as object) }),
  );

test('pieces of one message field become one, as a reader merges them', () => {
  const wire = Buffer.concat([piece({ packed: true }, 'a'), piece({ lazy: true }), piece({ packed: false }, 'b')]);
  const merged = mergeMessages(wire, FieldDescriptorProtoSchema);
  assert.deepEqual(fromBinary(FieldDescriptorProtoSchema, merged), fromBinary(FieldDescriptorProtoSchema, wire));
  // Three names as they came, then one options field: tag, length and three values of two bytes.
  assert.equal(merged.length, 3 + 2 + 3 + 2 + 6);
});

test('a message without doubles keeps its bytes', () => {
  const wire = toBinary(
    MethodDescriptorProtoSchema,
    create(MethodDescriptorProtoSchema, { name: 'A', inputType: '.b.C' }),
  );
  assert.deepEqual(Buffer.from(mergeMessages(wire, MethodDescriptorProtoSchema)), Buffer.from(wire));
});

test('a member of a oneof that comes last stays last', () => {
  const inner = Buffer.from([0x92, 0x05, 0x00]);
  const text = Buffer.from([0x82, 0x05, 0x01, 0x61]);
  const everything = vectorMessage('Everything');
  assert.deepEqual(
    Buffer.from(mergeMessages(Buffer.concat([inner, inner, text]), everything)),
    Buffer.concat([inner, text]),
  );
  assert.deepEqual(
    Buffer.from(mergeMessages(Buffer.concat([inner, text, inner]), everything)),
    Buffer.concat([text, inner]),
  );
});
