import { type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { type AnyField, type FieldsOf, Presence } from '../message-fields.ts';
import { hasOwnJsonForm } from '../well-known-types.ts';
import { type Token, token } from './json-writer.ts';
import type { WriteValue } from './wire-reader.ts';
import { fieldPlan, type WriteContext } from './write-field.ts';
import { objectMember } from './write-message.ts';
import { enumTexts } from './write-scalar.ts';

/** What `writeCanonical` does with a field's value. All that has no number of its own here has a writer (`other`). */
export const Kind = {
  string: 0,
  varint: 1,
  quotedVarint: 2,
  double: 3,
  bool: 4,
  enum: 5,
  message: 6,
  messages: 7,
  other: 8,
  others: 9,
} as const;

export interface CanonicalField {
  readonly kind: number;
  /** Field number * 8 + wire type, and how many bytes the wire has for it. */
  readonly tag: number;
  readonly tagSize: number;
  /** "name": */
  readonly name: Token;
  /** "name":default, if it is written when the field is absent. */
  readonly absent: Token | undefined;
  /** The default, if the field is left out when it has that value. */
  readonly leftOut: Buffer | undefined;
  /** A bit of its oneof, 0 outside of oneofs. */
  readonly oneof: number;
  /** JSON of the values of an enum or of bool, with a comma behind. */
  readonly names: ReadonlyMap<number, Token>;
  /** The first of them by number. */
  readonly fewNames: readonly (Token | undefined)[];
  readonly message: CanonicalType | undefined;
  readonly write: WriteValue;
}

export interface CanonicalPlan {
  /** In order of their numbers, which is the order of declaration too. */
  readonly fields: readonly CanonicalField[];
  /** Index of a tag's field + 1; 0 for a tag that no field has. */
  readonly table: Uint16Array;
  /** Bytes of JSON that a message can take at most, without text, lists, submessages and all that has a writer of its own. */
  readonly room: number;
}

/** A message type whose plan is made when its first message is written. */
export class CanonicalType {
  plan: CanonicalPlan | undefined;
  readonly #compile: () => CanonicalPlan;

  constructor(compile: () => CanonicalPlan) {
    this.#compile = compile;
  }

  open(): CanonicalPlan {
    this.plan = this.#compile();
    return this.plan;
  }
}

export type CanonicalTypes = (type: DescMessage) => CanonicalType | undefined;

/** Tags of two bytes, in the encoding of a varint: fields up to number 2047. */
const largestNumber = 2047;
/** Bits that there are for oneofs. */
const mostOneofs = 31;
/** Bytes of the longest number with a comma, and of what is overwritten behind a token. */
const valueRoom = 40;
/** Enum values below this are found in an array. */
const fewNumbers = 64;

/** Finds what is to be known of a message type, or undefined if `writeCanonical` is not for it. */
export function canonicalTypes(fieldsOf: FieldsOf, context: WriteContext): CanonicalTypes {
  const types = new Map<DescMessage, CanonicalType | undefined>();
  const find: CanonicalTypes = (type) => {
    if (types.has(type)) return types.get(type);
    const fields = fieldsOf(type);
    const found = isCanonical(type, fields) ? new CanonicalType(() => compile(type, fields)) : undefined;
    types.set(type, found);
    return found;
  };
  const compile = (type: DescMessage, fields: readonly AnyField[]): CanonicalPlan => {
    const planned = fields.map((field) => canonicalField(type, field, context, find));
    const tags = fields.map((field) => fieldPlan(field, context).tags);
    const table = new Uint16Array(Math.max(0, ...tags.flat()) + 1);
    for (const [index, fieldTags] of tags.entries()) for (const tag of fieldTags) table[tag] = index + 1;
    const rooms = planned.map(({ name, absent }) => Math.max(name.length + valueRoom, (absent?.length ?? 0) + 8));
    return { fields: planned, table, room: rooms.reduce((sum, room) => sum + room, valueRoom) };
  };
  return find;
}

/** Fields are declared in order of their numbers, and none asks for more than to be written. */
function isCanonical(type: DescMessage, fields: readonly AnyField[]): boolean {
  return (
    !hasOwnJsonForm(type) &&
    type.oneofs.length <= mostOneofs &&
    fields.every(
      ({ number, presence }, index) =>
        number > (fields[index - 1]?.number ?? 0) && number <= largestNumber && presence !== Presence.required,
    )
  );
}

function canonicalField(
  type: DescMessage,
  field: AnyField,
  context: WriteContext,
  find: CanonicalTypes,
): CanonicalField {
  const { tags, write } = fieldPlan(field, context);
  const [tag = 0] = tags;
  const { name, absent, leftOut } = objectMember(type, field, context);
  const names = namesOf(field, context);
  const message = field.message === undefined ? undefined : find(field.message);
  return {
    kind: kindOf(field, message),
    tag,
    tagSize: tag < 0x80 ? 1 : 2,
    name,
    absent,
    leftOut,
    oneof: field.oneof === undefined ? 0 : 1 << type.oneofs.indexOf(field.oneof),
    names,
    fewNames: Array.from({ length: Math.min(fewNumbers, Math.max(-1, ...names.keys()) + 1) }, (_, number) =>
      names.get(number),
    ),
    message,
    write,
  };
}

function namesOf(field: AnyField, { options }: WriteContext): ReadonlyMap<number, Token> {
  if (field.enum === undefined && field.scalar !== ScalarType.BOOL) return new Map();
  const bools = new Map([
    [0, 'false'],
    [1, 'true'],
  ]);
  const texts = field.enum === undefined ? bools : enumTexts(field.enum, options);
  return new Map([...texts].map(([number, text]) => [number, token(`${text},`)]));
}

const scalarKinds: Partial<Readonly<Record<ScalarType, number>>> = {
  [ScalarType.STRING]: Kind.string,
  [ScalarType.INT32]: Kind.varint,
  [ScalarType.UINT32]: Kind.varint,
  [ScalarType.INT64]: Kind.quotedVarint,
  [ScalarType.UINT64]: Kind.quotedVarint,
  [ScalarType.DOUBLE]: Kind.double,
  [ScalarType.BOOL]: Kind.bool,
};

function kindOf(field: AnyField, message: CanonicalType | undefined): number {
  switch (field.fieldKind) {
    case 'enum':
      return Kind.enum;
    case 'scalar':
      if (field.scalar === ScalarType.STRING && !field.utf8Validation) return Kind.other;
      return scalarKinds[field.scalar] ?? Kind.other;
    case 'message':
      return message === undefined || field.delimitedEncoding ? Kind.other : Kind.message;
    case 'list':
      if (message === undefined || field.listKind !== 'message' || field.delimitedEncoding) return Kind.others;
      return Kind.messages;
    case 'map':
      return Kind.others;
  }
}
