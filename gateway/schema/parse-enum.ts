import { create } from '@bufbuild/protobuf';
import {
  type EnumDescriptorProto,
  EnumDescriptorProto_EnumReservedRangeSchema,
  EnumDescriptorProtoSchema,
  EnumOptionsSchema,
  EnumValueDescriptorProtoSchema,
  EnumValueOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import { mergeInto } from './parsed-proto.ts';
import { declare, nameIn, type ProtoContext, readReserved, readSignedInteger, takeOption } from './proto-context.ts';
import type { Token } from './proto-tokens.ts';
import { readBracketOptions, readOption } from './read-option.ts';

const maximumNumber = 2 ** 31 - 1;

/** An enum, from its name to its "}". Its values belong to the scope around it. */
export function parseEnum(context: ProtoContext, scope: string): EnumDescriptorProto {
  const { reader } = context;
  const name = reader.expectKind('identifier', 'the name of an enum');
  const declared = declare(context, create(EnumDescriptorProtoSchema, { name: name.text }), name.start);
  reader.expect('{');
  while (!reader.accept('}')) {
    if (reader.accept(';')) continue;
    const token = reader.expectKind('identifier', 'an enum value');
    if (reader.peek().text === '=') parseValue(context, declared, token, scope);
    else if (token.text === 'option') {
      takeOption(context, readOption(reader), nameIn(scope, name.text), mergeInto(EnumOptionsSchema, declared));
    } else if (token.text === 'reserved') {
      const { ranges, names } = readReserved(context, maximumNumber, () => readSignedInteger(reader));
      for (const [start, end] of ranges) {
        declared.reservedRange.push(create(EnumDescriptorProto_EnumReservedRangeSchema, { start, end }));
      }
      declared.reservedName.push(...names);
    } else throw reader.unexpected('"="');
    reader.expect(';');
  }
  return declared;
}

function parseValue(context: ProtoContext, declared: EnumDescriptorProto, name: Token, scope: string): void {
  const { reader } = context;
  reader.expect('=');
  const number = readSignedInteger(reader);
  const value = declare(context, create(EnumValueDescriptorProtoSchema, { name: name.text, number }), name.start);
  for (const option of readBracketOptions(reader)) {
    takeOption(context, option, nameIn(scope, name.text), mergeInto(EnumValueOptionsSchema, value));
  }
  declared.value.push(value);
}
