import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, createFileRegistry, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { vectorMessage } from '../../../test/vectors/vector-registry.ts';
import { createRequiredFieldCheck } from './required-fields.ts';

function field(
  name: string,
  number: number,
  label: Label,
  type: Type,
  typeName = '',
): MessageInitShape<typeof FieldDescriptorProtoSchema> {
  return { name, number, label, type, typeName };
}

/** message M { required int32 id = 1; optional M one = 2; repeated M list = 3; map<int32, M> map = 4; optional group G = 2000 } */
const file: FileDescriptorProto = create(FileDescriptorProtoSchema, {
  name: 'm.proto',
  syntax: 'proto2',
  messageType: [
    {
      name: 'M',
      field: [
        field('id', 1, Label.REQUIRED, Type.INT32),
        field('one', 2, Label.OPTIONAL, Type.MESSAGE, '.M'),
        field('list', 3, Label.REPEATED, Type.MESSAGE, '.M'),
        field('map', 4, Label.REPEATED, Type.MESSAGE, '.M.MapEntry'),
        field('g', 2000, Label.OPTIONAL, Type.GROUP, '.M.G'),
      ],
      nestedType: [
        { name: 'G', field: [field('m', 1, Label.OPTIONAL, Type.MESSAGE, '.M')] },
        {
          name: 'MapEntry',
          options: { mapEntry: true },
          field: [field('key', 1, Label.OPTIONAL, Type.INT32), field('value', 2, Label.OPTIONAL, Type.MESSAGE, '.M')],
        },
      ],
    },
  ],
});

const type: DescMessage | undefined = createFileRegistry(file, () => undefined).getMessage('M');

const id = new BinaryWriter().tag(1, WireType.Varint).int32(7).finish();
const bytes = (number: number, content: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(content).finish();
const group = (number: number, content: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.StartGroup).raw(content).tag(number, WireType.EndGroup).finish();
const nothing = new Uint8Array();

const rows: readonly (readonly [name: string, parts: Uint8Array[], missing: string | undefined])[] = [
  ['nothing', [], 'id'],
  ['the field', [id], undefined],
  ['an empty message in a field', [id, bytes(2, nothing)], 'one.id'],
  ['a message in two pieces', [id, bytes(2, bytes(2, id)), bytes(2, id)], undefined],
  ['the second of a list', [id, bytes(3, id), bytes(3, nothing)], 'list.id'],
  ['a map value', [id, bytes(4, bytes(2, id))], undefined],
  ['a map value without it', [id, bytes(4, bytes(2, nothing))], 'map.id'],
  ['a map entry without a value', [id, bytes(4, nothing)], 'map.id'],
  ['within a group', [id, group(2000, bytes(1, id))], undefined],
  ['within a group without it', [id, group(2000, bytes(1, nothing))], 'g.m.id'],
  ['an unknown group', [group(9, id), id], undefined],
];

for (const [name, parts, missing] of rows) {
  test(`required fields: ${name}`, () => {
    assert.ok(type !== undefined);
    assert.equal(createRequiredFieldCheck(type)?.(Buffer.concat(parts)), missing);
  });
}

test('a type without required fields in it needs no check', () => {
  assert.equal(createRequiredFieldCheck(vectorMessage('Everything')), undefined);
});
