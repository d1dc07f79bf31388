import { type DescEnum, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { type AnyField, type FieldsOf, Presence } from '../message-fields.ts';
import { hasOwnJsonForm } from '../well-known-types.ts';
import type { CanonicalField, Kind, WriteCanonical } from './canonical-field.ts';
import { compileCanonical } from './compile-canonical.ts';
import { fieldPlan, type WriteContext } from './write-field.ts';
import { objectMember } from './write-message.ts';
import { enumTexts } from './write-scalar.ts';

/** A message type whose writer is compiled when its first message is written. */
export class CanonicalType {
  write: WriteCanonical;

  constructor(plan: () => readonly CanonicalField[]) {
    this.write = (...position) => {
      this.write = compileCanonical(plan());
      return this.write(...position);
    };
  }
}

export type CanonicalTypes = (type: DescMessage) => CanonicalType | undefined;

/** Tags of two bytes, in the encoding of a varint: fields up to number 2047. */
const largestNumber = 2047;
/** Of a longer text of a writer V8 would not make machine code. */
const mostFields = 100;
/** Bits that there are for oneofs. */
const mostOneofs = 31;
/** An enum of more values has them looked up by its own writer. */
const fewNames = 8;

/** Finds how messages of a type are written in one pass, or undefined if they cannot be. */
export function canonicalTypes(fieldsOf: FieldsOf, context: WriteContext): CanonicalTypes {
  const types = new Map<DescMessage, CanonicalType | undefined>();
  const find: CanonicalTypes = (type) => {
    if (types.has(type)) return types.get(type);
    const fields = fieldsOf(type);
    const plan = (): CanonicalField[] => fields.map((field) => canonicalField(type, field, context, find));
    const found = isCanonical(type, fields) ? new CanonicalType(plan) : undefined;
    types.set(type, found);
    return found;
  };
  return find;
}

/** Fields are declared in order of their numbers, and none asks for more than to be written. */
function isCanonical(type: DescMessage, fields: readonly AnyField[]): boolean {
  return (
    !hasOwnJsonForm(type) &&
    fields.length <= mostFields &&
    type.oneofs.length <= mostOneofs &&
    fields.every((field, index) => {
      const { number, presence } = field;
      const inOrder = number > (fields[index - 1]?.number ?? 0) && number <= largestNumber;
      // Numbers that a closed enum does not have are unknown fields.
      const takesAll = field.fieldKind !== 'enum' || field.enum.open || hasFewNames(field.enum);
      return inOrder && takesAll && presence !== Presence.required;
    })
  );
}

function hasFewNames({ values }: DescEnum): boolean {
  return values.length <= fewNames && values.every(({ number }) => number >= 0 && number < 0x80);
}

function canonicalField(
  type: DescMessage,
  field: AnyField,
  context: WriteContext,
  find: CanonicalTypes,
): CanonicalField {
  const { tags, write } = fieldPlan(field, context);
  const { name, absent, leftOut } = objectMember(type, field, context);
  const names = namesOf(field, context);
  const message = field.message === undefined ? undefined : find(field.message);
  return {
    kind: kindOf(field, message),
    number: field.number,
    tags,
    name: name.text,
    absent: absent?.text,
    leftOut,
    oneof: field.oneof !== undefined && field.oneof.fields.length > 1 ? type.oneofs.indexOf(field.oneof) : undefined,
    names,
    isClosed: field.enum?.open === false,
    message,
    write,
  };
}

function namesOf(field: AnyField, { options }: WriteContext): ReadonlyMap<number, string> {
  if (field.enum !== undefined) return enumTexts(field.enum, options);
  const bools: readonly [number, string][] = [
    [0, 'false'],
    [1, 'true'],
  ];
  return new Map(field.scalar === ScalarType.BOOL ? bools : []);
}

const scalarKinds: Partial<Readonly<Record<ScalarType, Kind>>> = {
  [ScalarType.INT32]: 'varint',
  [ScalarType.UINT32]: 'varint',
  [ScalarType.INT64]: 'quotedVarint',
  [ScalarType.UINT64]: 'quotedVarint',
  [ScalarType.DOUBLE]: 'double',
  [ScalarType.BOOL]: 'names',
};

function kindOf(field: AnyField, message: CanonicalType | undefined): Kind {
  const isText = field.scalar === ScalarType.STRING && field.utf8Validation;
  switch (field.fieldKind) {
    case 'enum':
      return hasFewNames(field.enum) ? 'names' : 'other';
    case 'scalar':
      return isText ? 'string' : (scalarKinds[field.scalar] ?? 'other');
    case 'message':
      return message !== undefined && !field.delimitedEncoding ? 'message' : 'other';
    case 'list':
      if (isText) return 'strings';
      if (field.listKind !== 'message') return 'others';
      return message !== undefined && !field.delimitedEncoding ? 'messages' : 'others';
    case 'map':
      return 'others';
  }
}
