import {
  create,
  createFileRegistry,
  createRegistry,
  type DescMessage,
  isFieldSet,
  type MessageInitShape,
  type Registry,
} from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  Edition,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  FeatureSet_EnumType,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  FeatureSet_RepeatedFieldEncoding,
  FeatureSet_Utf8Validation,
  FeatureSetSchema,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FieldDescriptorProto_Label as Label,
  OneofDescriptorProtoSchema,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import type { RandomChoice } from './random-choice.ts';

const wellKnownFiles = [
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
];

const wellKnownTypes = [
  ...['Any', 'Duration', 'Timestamp', 'FieldMask', 'Struct', 'Value', 'ListValue'],
  ...['DoubleValue', 'FloatValue', 'Int64Value', 'UInt64Value', 'Int32Value', 'UInt32Value', 'BoolValue'],
  ...['StringValue', 'BytesValue'],
].map((name) => `.google.protobuf.${name}`);

const scalars = [
  ...[Type.DOUBLE, Type.FLOAT, Type.INT64, Type.UINT64, Type.INT32, Type.FIXED64, Type.FIXED32, Type.BOOL, Type.STRING],
  ...[Type.BYTES, Type.UINT32, Type.SFIXED32, Type.SFIXED64, Type.SINT32, Type.SINT64],
] as const;
const keyTypes = scalars.filter((type) => ![Type.DOUBLE, Type.FLOAT, Type.BYTES].some((other) => other === type));

type Syntax = 'proto2' | 'proto3' | 'editions';

/** A schema of a few message types that refer to each other, with every kind of field that its syntax has. */
export interface RandomSchema {
  readonly registry: Registry;
  readonly types: readonly DescMessage[];
}

export function randomSchema(choice: RandomChoice): RandomSchema {
  const syntax = choice.pick<Syntax>(['proto2', 'proto3', 'editions']);
  const names = Array.from({ length: choice.integer(1, 3) }, (_, index) => `M${index}`);
  const file = create(FileDescriptorProtoSchema, {
    name: 'random.proto',
    package: 'random',
    syntax: syntax === 'proto2' ? '' : syntax,
    edition: syntax === 'editions' ? Edition.EDITION_2023 : Edition.EDITION_UNKNOWN,
    dependency: wellKnownFiles.map((wellKnown) => wellKnown.proto.name),
    messageType: names.map((name) => randomMessage(choice, syntax, name, names)),
    enumType: [randomEnum(choice, syntax)],
    extension: syntax === 'proto3' ? [] : choice.array(3, (index) => randomExtension(choice, syntax, index, names)),
  });
  return load(file, names);
}

function load(file: FileDescriptorProto, names: readonly string[]): RandomSchema {
  const files = createFileRegistry(file, (name) => wellKnownFiles.find((wellKnown) => wellKnown.proto.name === name));
  const registry = createRegistry(files, ...wellKnownFiles);
  const types = names.flatMap((name) => registry.getMessage(`random.${name}`) ?? []);
  return { registry, types };
}

function randomEnum(choice: RandomChoice, syntax: Syntax): EnumDescriptorProto {
  const closed = syntax === 'editions' && choice.once(3);
  const first = syntax === 'proto2' || closed ? choice.pick([0, 1, -1]) : 0;
  const numbers = [first, ...choice.array(4, () => choice.pick([1, 2, 3, 31, 32, 70_000, -3, -(2 ** 31)]))];
  return create(EnumDescriptorProtoSchema, {
    name: 'E',
    value: numbers.map((number, index) => ({ name: `E_${index}`, number })),
    options: {
      allowAlias: true,
      ...(closed ? { features: create(FeatureSetSchema, { enumType: FeatureSet_EnumType.CLOSED }) } : {}),
    },
  });
}

function randomMessage(choice: RandomChoice, syntax: Syntax, name: string, names: readonly string[]): DescriptorProto {
  const message = create(DescriptorProtoSchema, {
    name,
    oneofDecl: [{ name: 'choice_a' }, { name: 'choice_b' }],
    extensionRange: syntax === 'proto3' ? [] : [{ start: 1000, end: 2000 }],
  });
  const shuffled = choice.shuffle([1, 2, 3, 4, 5, 6, 15, 16, 17, 100, 255, 256, 300, 5000, 536_870_911]);
  const chosen = shuffled.slice(0, choice.integer(0, shuffled.length));
  // Most people number their fields in the order of their declaration; the writer has a faster way for those, up to 2047.
  const isOrdered = choice.once(2);
  const numbers = isOrdered ? chosen.filter((number) => number < 2048).sort((a, b) => a - b) : chosen;
  for (const [index, number] of numbers.entries()) {
    addField(choice, syntax, message, names, { index, number });
  }
  // The compiler refuses a oneof without members, and puts those of `optional` last.
  for (const oneofIndex of [1, 0]) {
    if (message.field.some((field) => isMember(field) && field.oneofIndex === oneofIndex)) continue;
    message.oneofDecl.splice(oneofIndex, 1);
    for (const field of message.field) if (isMember(field) && field.oneofIndex > oneofIndex) field.oneofIndex--;
  }
  for (const field of message.field) {
    if (!field.proto3Optional) continue;
    field.oneofIndex = message.oneofDecl.length;
    message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: `_${field.name}` }));
  }
  return message;
}

function isMember(field: FieldDescriptorProto): boolean {
  return !field.proto3Optional && isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex);
}

function addField(
  choice: RandomChoice,
  syntax: Syntax,
  message: DescriptorProto,
  names: readonly string[],
  { index, number }: { readonly index: number; readonly number: number },
): void {
  const name = choice.pick([`f${index}`, `f_${index}`, `some_name_${index}`, `Upper_${index}`, `f${index}__x_`]);
  const odd = choice.pick([`json ${index}`, `"${index}\\`, `ü${index}`, `a.b-${index}`]);
  const proto = index === 0 && choice.once(8) ? '__proto__' : odd;
  const field = create(FieldDescriptorProtoSchema, {
    name,
    number,
    jsonName: choice.once(5) ? proto : protoCamelCase(name),
    label: Label.OPTIONAL,
  });
  const shape = choice.pick(['singular', 'singular', 'list', 'map', 'oneof', 'optional']);
  if (shape === 'map') makeMap(choice, message, field, names);
  else setType(choice, syntax, field, names);
  if (shape === 'list') {
    field.label = Label.REPEATED;
    setPacking(choice, syntax, field);
  } else if (shape === 'oneof') field.oneofIndex = choice.integer(0, 1);
  else if (shape === 'optional' && syntax === 'proto3') field.proto3Optional = true;
  else if (shape === 'singular') setPresence(choice, syntax, field);
  message.field.push(field);
}

function randomExtension(
  choice: RandomChoice,
  syntax: Syntax,
  index: number,
  names: readonly string[],
): FieldDescriptorProto {
  const field = create(FieldDescriptorProtoSchema, {
    name: `extension_${index}`,
    number: 1000 + index,
    label: Label.OPTIONAL,
    extendee: `.random.${choice.pick(['M0', 'M0', ...names])}`,
  });
  setType(choice, syntax, field, names);
  if (choice.once(3)) {
    field.label = Label.REPEATED;
    setPacking(choice, syntax, field);
  } else if (field.type === Type.ENUM) {
    // protobuf-es takes an extension whose value a closed enum does not have for one that holds the enum's first value.
    field.type = Type.INT32;
    field.typeName = '';
  }
  return field;
}

function setType(choice: RandomChoice, syntax: Syntax, field: FieldDescriptorProto, names: readonly string[]): void {
  const kind = choice.pick(['scalar', 'scalar', 'scalar', 'enum', 'message', 'well-known']);
  field.type = Type.MESSAGE;
  if (kind === 'scalar') field.type = choice.pick(scalars);
  else if (kind === 'enum') {
    field.type = Type.ENUM;
    field.typeName = '.random.E';
  } else if (kind === 'well-known') field.typeName = choice.pick(wellKnownTypes);
  else {
    field.typeName = `.random.${choice.pick(['M0', ...names])}`;
    if (syntax === 'proto2' && choice.once(3)) field.type = Type.GROUP;
    if (syntax === 'editions' && choice.once(3)) {
      setFeatures(field, { messageEncoding: FeatureSet_MessageEncoding.DELIMITED });
    }
  }
  if (field.type === Type.STRING && syntax === 'editions' && choice.once(3)) {
    setFeatures(field, { utf8Validation: FeatureSet_Utf8Validation.NONE });
  }
}

function setPacking(choice: RandomChoice, syntax: Syntax, field: FieldDescriptorProto): void {
  if ([Type.STRING, Type.BYTES, Type.MESSAGE, Type.GROUP].some((type) => type === field.type)) return;
  if (!choice.once(2)) return;
  if (syntax === 'editions') setFeatures(field, { repeatedFieldEncoding: FeatureSet_RepeatedFieldEncoding.EXPANDED });
  else field.options = create(FieldOptionsSchema, { packed: syntax === 'proto2' });
}

function setPresence(choice: RandomChoice, syntax: Syntax, field: FieldDescriptorProto): void {
  const isMessage = field.type === Type.MESSAGE || field.type === Type.GROUP;
  if (isMessage || syntax === 'proto3') return;
  const isRequired = choice.once(15);
  if (syntax === 'proto2') {
    if (isRequired) field.label = Label.REQUIRED;
  } else if (isRequired) setFeatures(field, { fieldPresence: FeatureSet_FieldPresence.LEGACY_REQUIRED });
  // An enum that is closed may not have implicit presence.
  else if (choice.once(2) && field.type !== Type.ENUM) {
    setFeatures(field, { fieldPresence: FeatureSet_FieldPresence.IMPLICIT });
  }
}

function setFeatures(field: FieldDescriptorProto, features: MessageInitShape<typeof FeatureSetSchema>): void {
  field.options ??= create(FieldOptionsSchema);
  field.options.features = Object.assign(field.options.features ?? create(FeatureSetSchema), features);
}

function makeMap(
  choice: RandomChoice,
  message: DescriptorProto,
  field: FieldDescriptorProto,
  names: readonly string[],
): void {
  const name = `Entry${field.number}`;
  const key = create(FieldDescriptorProtoSchema, {
    name: 'key',
    jsonName: 'key',
    number: 1,
    label: Label.OPTIONAL,
    type: choice.pick(keyTypes),
  });
  const value = create(FieldDescriptorProtoSchema, {
    name: 'value',
    jsonName: 'value',
    number: 2,
    label: Label.OPTIONAL,
  });
  setType(choice, 'proto3', value, names);
  const options = { mapEntry: true };
  message.nestedType.push(create(DescriptorProtoSchema, { name, field: [key, value], options }));
  field.label = Label.REPEATED;
  field.type = Type.MESSAGE;
  field.typeName = `.random.${message.name}.${name}`;
}
