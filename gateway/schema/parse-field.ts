import { create, isFieldSet } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { defaultValueText } from './default-value.ts';
import { type MergeOption, mergeInto } from './parsed-proto.ts';
import { declare, nameIn, type ProtoContext, readInteger, takeOption } from './proto-context.ts';
import { stringText } from './proto-literals.ts';
import { ProtoSyntaxError, type Token } from './proto-tokens.ts';
import { type OptionStatement, readBracketOptions, readTypeName } from './read-option.ts';

/** Where a field is declared. */
export interface FieldPlace {
  /** Full name of the message or package around it. */
  readonly scope: string;
  readonly kind: 'field' | 'oneof' | 'extension';
  /** Takes the messages that groups and maps bring along. */
  readonly nested: DescriptorProto[];
  /** Reads the body of a group. */
  readonly parseGroup: (name: Token) => DescriptorProto;
}

const labels: ReadonlyMap<string, Label> = new Map([
  ['optional', Label.OPTIONAL],
  ['required', Label.REQUIRED],
  ['repeated', Label.REPEATED],
]);

const scalars: ReadonlyMap<string, Type> = new Map([
  ['double', Type.DOUBLE],
  ['float', Type.FLOAT],
  ['int64', Type.INT64],
  ['uint64', Type.UINT64],
  ['int32', Type.INT32],
  ['fixed64', Type.FIXED64],
  ['fixed32', Type.FIXED32],
  ['bool', Type.BOOL],
  ['string', Type.STRING],
  ['bytes', Type.BYTES],
  ['uint32', Type.UINT32],
  ['sfixed32', Type.SFIXED32],
  ['sfixed64', Type.SFIXED64],
  ['sint32', Type.SINT32],
  ['sint64', Type.SINT64],
]);

const notMapKeys: readonly (Type | undefined)[] = [undefined, Type.DOUBLE, Type.FLOAT, Type.BYTES];

/** One field, extension, map or group, from its label to its ";" or "}". */
export function parseField(context: ProtoContext, place: FieldPlace): FieldDescriptorProto {
  const { reader } = context;
  const labelToken = reader.peek();
  const label = readLabel(context, place);
  const typeToken = reader.peek();
  const typeName = readTypeName(reader);
  if (typeName === 'map' && reader.peek().text === '<') {
    if (label !== undefined || place.kind !== 'field') {
      throw new ProtoSyntaxError('a map takes no label and stands in a message only', typeToken.start);
    }
    return parseMap(context, place);
  }
  if (label === undefined && place.kind !== 'oneof' && context.syntax === 'proto2') {
    throw new ProtoSyntaxError('expected "optional", "required" or "repeated"', labelToken.start);
  }
  const field = create(FieldDescriptorProtoSchema, { label: label ?? Label.OPTIONAL });
  if (label === Label.OPTIONAL && context.syntax === 'proto3') field.proto3Optional = true;
  if (typeName === 'group') return parseGroup(context, place, field, typeToken);
  setType(context, place.scope, field, typeName, typeToken.start);
  const name = readNameAndNumber(context, field);
  field.jsonName = jsonNameOf(name.text);
  for (const option of readBracketOptions(reader)) takeFieldOption(context, place, field, option);
  reader.expect(';');
  return field;
}

/** "foo_bar" → "fooBar", as protoc derives json_name. */
export function jsonNameOf(name: string): string {
  return name.replaceAll(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}

function readLabel({ reader, syntax }: ProtoContext, { kind }: FieldPlace): Label | undefined {
  const token = reader.peek();
  const label = labels.get(token.text);
  if (label === undefined) return undefined;
  reader.next();
  if (kind === 'oneof') throw new ProtoSyntaxError('a field of a oneof takes no label', token.start);
  if (syntax === 'proto3' && label === Label.REQUIRED) {
    throw new ProtoSyntaxError('"required" is not for proto3', token.start);
  }
  if (syntax === 'editions' && label !== Label.REPEATED) {
    throw new ProtoSyntaxError(`"${token.text}" is not for editions: use features.field_presence`, token.start);
  }
  return label;
}

function readNameAndNumber(context: ProtoContext, field: FieldDescriptorProto): Token {
  const { reader } = context;
  const name = reader.expectKind('identifier', 'the name of a field');
  field.name = name.text;
  declare(context, field, name.start);
  reader.expect('=');
  field.number = readInteger(reader, 'the number of a field').value;
  return name;
}

function setType(context: ProtoContext, scope: string, field: FieldDescriptorProto, name: string, start: number): void {
  const scalar = scalars.get(name);
  if (scalar !== undefined) {
    field.type = scalar;
    return;
  }
  context.references.push({
    scope,
    name,
    start,
    wanted: 'type',
    set: (typeName, kind) => {
      field.typeName = typeName;
      field.type = kind === 'enum' ? Type.ENUM : Type.MESSAGE;
    },
  });
}

function parseGroup(
  context: ProtoContext,
  place: FieldPlace,
  field: FieldDescriptorProto,
  keyword: Token,
): FieldDescriptorProto {
  const { reader } = context;
  if (context.syntax !== 'proto2') throw new ProtoSyntaxError('groups are for proto2 only', keyword.start);
  const name = readNameAndNumber(context, field);
  if (!/^[A-Z]/.test(name.text)) throw new ProtoSyntaxError('a group begins with a capital letter', name.start);
  field.name = name.text.toLowerCase();
  field.jsonName = jsonNameOf(field.name);
  field.type = Type.GROUP;
  field.typeName = `.${nameIn(place.scope, name.text)}`;
  for (const option of readBracketOptions(reader)) takeFieldOption(context, place, field, option);
  place.nested.push(place.parseGroup(name));
  return field;
}

/** "map<K, V> name = N" is a repeated message of key and value (protobuf.dev/programming-guides/proto3, maps). */
function parseMap(context: ProtoContext, place: FieldPlace): FieldDescriptorProto {
  const { reader } = context;
  const field = create(FieldDescriptorProtoSchema, { label: Label.REPEATED, type: Type.MESSAGE });
  reader.expect('<');
  const keyToken = reader.expectKind('identifier', 'the type of a map key');
  const keyType = scalars.get(keyToken.text);
  if (keyType === undefined || notMapKeys.includes(keyType)) {
    throw new ProtoSyntaxError(`a map key cannot be ${keyToken.text}`, keyToken.start);
  }
  const part = { label: Label.OPTIONAL };
  const key = create(FieldDescriptorProtoSchema, { ...part, name: 'key', jsonName: 'key', number: 1, type: keyType });
  const value = create(FieldDescriptorProtoSchema, { ...part, name: 'value', jsonName: 'value', number: 2 });
  reader.expect(',');
  const { start } = reader.peek();
  setType(context, place.scope, value, readTypeName(reader), start);
  reader.expect('>');
  const name = readNameAndNumber(context, field);
  field.jsonName = jsonNameOf(name.text);
  const entry = `${jsonNameOf(`_${name.text}`)}Entry`;
  field.typeName = `.${nameIn(place.scope, entry)}`;
  for (const option of readBracketOptions(reader)) takeFieldOption(context, place, field, option);
  reader.expect(';');
  // What the map says of its strings holds for those of its entries.
  const features = field.options?.features;
  if (features !== undefined) {
    key.options = create(FieldOptionsSchema, { features });
    value.options = create(FieldOptionsSchema, { features });
  }
  const message = create(DescriptorProtoSchema, { name: entry, field: [key, value], options: { mapEntry: true } });
  place.nested.push(declare(context, message, name.start));
  return field;
}

/** `default` and `json_name` look like options but are fields of the descriptor itself. */
function takeFieldOption(
  context: ProtoContext,
  place: FieldPlace,
  field: FieldDescriptorProto,
  statement: OptionStatement,
): void {
  const [part] = statement.parts;
  const name = statement.parts.length === 1 && part?.extension === false ? part.name : '';
  if (name === 'default') {
    if (context.syntax === 'proto3') throw new ProtoSyntaxError('defaults are not for proto3', statement.start);
    // A name may turn out to be an enum when it is resolved.
    const knownType = isFieldSet(field, FieldDescriptorProtoSchema.field.type);
    field.defaultValue = defaultValueText(knownType ? field.type : undefined, statement);
  } else if (name === 'json_name') {
    if (statement.value[0]?.kind !== 'string') throw new ProtoSyntaxError('json_name is a string', statement.start);
    field.jsonName = stringText(statement.value);
  } else {
    const merge: MergeOption = mergeInto(FieldOptionsSchema, field);
    takeOption(context, statement, nameIn(place.scope, field.name), merge);
  }
}
