import { create } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProto_ExtensionRangeSchema,
  DescriptorProto_ReservedRangeSchema,
  DescriptorProtoSchema,
  ExtensionRangeOptionsSchema,
  type FieldDescriptorProto,
  MessageOptionsSchema,
  OneofDescriptorProtoSchema,
  OneofOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import { parseEnum } from './parse-enum.ts';
import { type FieldPlace, parseField } from './parse-field.ts';
import { mergeInto } from './parsed-proto.ts';
import {
  declare,
  nameIn,
  type ProtoContext,
  readInteger,
  readRanges,
  readReserved,
  takeOption,
} from './proto-context.ts';
import { ProtoSyntaxError, type Token } from './proto-tokens.ts';
import { readBracketOptions, readOption, readTypeName } from './read-option.ts';

const maximumFieldNumber = 2 ** 29 - 1;
/** As deep as protoc goes. */
const maximumNesting = 32;

/** A message, from its name to its "}". */
export function parseMessage(context: ProtoContext, scope: string, depth = 1): DescriptorProto {
  const name = context.reader.expectKind('identifier', 'the name of a message');
  const message = declare(context, create(DescriptorProtoSchema, { name: name.text }), name.start);
  parseBody(context, message, nameIn(scope, name.text), depth);
  return message;
}

/** An extend block, from the name of the extended message to its "}"; groups in it add messages beside it. */
export function parseExtend(
  context: ProtoContext,
  scope: string,
  extensions: FieldDescriptorProto[],
  groups: DescriptorProto[],
  depth = 1,
): void {
  const { reader, references } = context;
  const { start } = reader.peek();
  const extendee = readTypeName(reader);
  const place: FieldPlace = {
    scope,
    kind: 'extension',
    nested: groups,
    parseGroup: groupParser(context, scope, depth),
  };
  reader.expect('{');
  while (!reader.accept('}')) {
    if (reader.accept(';')) continue;
    const field = parseField(context, place);
    extensions.push(field);
    references.push({
      scope,
      name: extendee,
      start,
      wanted: 'message',
      set: (name) => {
        field.extendee = name;
      },
    });
  }
}

function parseBody(context: ProtoContext, message: DescriptorProto, fullName: string, depth: number): void {
  const { reader } = context;
  const open = reader.expect('{');
  if (depth > maximumNesting) throw new ProtoSyntaxError(`messages nested deeper than ${maximumNesting}`, open.start);
  while (!reader.accept('}')) {
    if (reader.accept(';')) continue;
    parseElement(context, message, fullName, depth);
  }
  addSyntheticOneofs(message);
}

function parseElement(context: ProtoContext, message: DescriptorProto, fullName: string, depth: number): void {
  const { reader } = context;
  const place: FieldPlace = {
    scope: fullName,
    kind: 'field',
    nested: message.nestedType,
    parseGroup: groupParser(context, fullName, depth),
  };
  switch (reader.peek().text) {
    case 'message':
      reader.next();
      message.nestedType.push(parseMessage(context, fullName, depth + 1));
      return;
    case 'enum':
      reader.next();
      message.enumType.push(parseEnum(context, fullName));
      return;
    case 'extend':
      reader.next();
      parseExtend(context, fullName, message.extension, message.nestedType, depth);
      return;
    case 'oneof':
      reader.next();
      parseOneof(context, message, place);
      return;
    case 'option':
      reader.next();
      takeOption(context, readOption(reader), fullName, mergeInto(MessageOptionsSchema, message));
      reader.expect(';');
      return;
    case 'extensions':
      parseExtensionRanges(context, message, reader.next(), fullName);
      return;
    case 'reserved':
      reader.next();
      parseReserved(context, message);
      return;
    default:
      message.field.push(parseField(context, place));
  }
}

function parseOneof(context: ProtoContext, message: DescriptorProto, place: FieldPlace): void {
  const { reader } = context;
  const name = reader.expectKind('identifier', 'the name of a oneof');
  const oneof = declare(context, create(OneofDescriptorProtoSchema, { name: name.text }), name.start);
  const oneofIndex = message.oneofDecl.push(oneof) - 1;
  const fields = message.field.length;
  reader.expect('{');
  while (!reader.accept('}')) {
    if (reader.accept(';')) continue;
    if (reader.accept('option')) {
      takeOption(context, readOption(reader), nameIn(place.scope, name.text), mergeInto(OneofOptionsSchema, oneof));
      reader.expect(';');
      continue;
    }
    const field = parseField(context, { ...place, kind: 'oneof' });
    field.oneofIndex = oneofIndex;
    message.field.push(field);
  }
  if (message.field.length === fields) throw new ProtoSyntaxError('a oneof without fields', name.start);
}

function parseReserved(context: ProtoContext, message: DescriptorProto): void {
  const { reader } = context;
  const { ranges, names } = readReserved(context, maximumFieldNumber, () => readInteger(reader, 'a number').value);
  for (const [start, end] of ranges) {
    message.reservedRange.push(create(DescriptorProto_ReservedRangeSchema, { start, end: end + 1 }));
  }
  message.reservedName.push(...names);
  reader.expect(';');
}

function parseExtensionRanges(context: ProtoContext, message: DescriptorProto, keyword: Token, scope: string): void {
  const { reader } = context;
  if (context.syntax === 'proto3') throw new ProtoSyntaxError('extension ranges are not for proto3', keyword.start);
  // Message sets may number their extensions up to 2^31 - 2.
  const maximum = message.options?.messageSetWireFormat === true ? 2 ** 31 - 2 : maximumFieldNumber;
  const ranges = readRanges(context, maximum, () => readInteger(reader, 'a number').value).map(([start, end]) =>
    create(DescriptorProto_ExtensionRangeSchema, { start, end: end + 1 }),
  );
  for (const option of readBracketOptions(reader)) {
    for (const range of ranges) takeOption(context, option, scope, mergeInto(ExtensionRangeOptionsSchema, range));
  }
  message.extensionRange.push(...ranges);
  reader.expect(';');
}

function groupParser(context: ProtoContext, scope: string, depth: number): FieldPlace['parseGroup'] {
  return (name) => {
    const message = declare(context, create(DescriptorProtoSchema, { name: name.text }), name.start);
    parseBody(context, message, nameIn(scope, name.text), depth + 1);
    return message;
  };
}

/** A proto3 `optional` field has a oneof of its own, after all that are written (descriptor.proto, proto3_optional). */
function addSyntheticOneofs(message: DescriptorProto): void {
  const taken = new Set([...message.field, ...message.oneofDecl].map(({ name }) => name));
  for (const field of message.field.filter(({ proto3Optional }) => proto3Optional)) {
    let name = `_${field.name}`;
    while (taken.has(name)) name = `X${name}`;
    taken.add(name);
    field.oneofIndex = message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name })) - 1;
  }
}
