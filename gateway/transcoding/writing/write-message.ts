import type { DescMessage } from '@bufbuild/protobuf';
import { type AnyField, isOneofMember, jsonNameOf, Presence, protoNameOf } from '../message-fields.ts';
import { type JsonWriter, type Token, token } from './json-writer.ts';
import { compileScan, type FieldPlan } from './scan-message.ts';
import type { WireReader, WriteMessage } from './wire-reader.ts';
import { fieldPlan, type WriteContext } from './write-field.ts';
import { enumKind, scalarKind } from './write-scalar.ts';

const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Writes what a message's fields come to; `first` is the first slot of where they are (scan-message.ts). */
export type WriteFields = (wire: WireReader, json: JsonWriter, end: number, first: number) => void;

/** Finds the fields of a message, then writes them. */
export function messageWriter(plans: readonly FieldPlan[], writeFields: WriteFields): WriteMessage {
  const scan = compileScan(plans);
  return (wire, json, start, end) => {
    wire.enter();
    const first = scan(wire, json, start, end);
    writeFields(wire, json, end, first);
    wire.slotCount = first;
    wire.leave();
  };
}

/** A field as a member of a JSON object. */
export interface ObjectMember {
  /** "name": */
  readonly name: Token;
  /** "name":default, if the field is written when it is absent. */
  readonly absent: Token | undefined;
  /** Its default, if it is left out when it has that value. */
  readonly leftOut: Buffer | undefined;
  /** What is wrong if it is absent. */
  readonly missing: string | undefined;
}

export function objectMember(type: DescMessage, field: AnyField, context: WriteContext): ObjectMember {
  const { emitDefaults, protoNames } = context.options;
  const name = `${JSON.stringify(protoNames ? protoNameOf(field) : jsonNameOf(field))}:`;
  const value = absentValue(field, context);
  const isImplicit = field.presence === Presence.implicit && field.message === undefined;
  const isRepeated = field.fieldKind === 'list' || field.fieldKind === 'map';
  return {
    name: token(name),
    absent: emitDefaults && isWrittenWhenAbsent(field) ? token(`${name}${value},`) : undefined,
    leftOut: !emitDefaults && (isImplicit || isRepeated) ? Buffer.from(value) : undefined,
    missing: field.presence === Presence.required ? `${type.typeName}.${field.name} is required` : undefined,
  };
}

/** Writes messages of a type as a JSON object with the fields in order of declaration. */
export function objectWriter(type: DescMessage, fields: readonly AnyField[], context: WriteContext): WriteMessage {
  const plans = fields.map((field) => fieldPlan(field, context));
  const members = fields.map((field, index) => ({
    ...objectMember(type, field, context),
    write: plans[index]?.write ?? (() => undefined),
  }));

  return messageWriter(plans, (wire, json, end, first) => {
    json.byte(openBrace);
    let slot = first;
    for (const { name, write, absent, leftOut, missing } of members) {
      if (wire.seek(slot)) {
        const before = json.position;
        json.token(name);
        write(wire, json, end);
        if (leftOut !== undefined && json.isSince(before + name.length, leftOut)) json.position = before;
        else json.byte(comma);
      } else if (missing !== undefined) wire.refuse(missing);
      else if (absent !== undefined) json.token(absent);
      slot += 2;
    }
    json.close(closeBrace);
  });
}

/** Writes the value of one field of a message; one that is absent as its default, or null if it has none. */
export function fieldValueWriter(field: AnyField, fields: readonly AnyField[], context: WriteContext): WriteMessage {
  // The members of a oneof are needed to know which of them is set.
  const siblings = fields.filter(
    (other) => other !== field && other.oneof !== undefined && other.oneof === field.oneof,
  );
  const plan = fieldPlan(field, context);
  const plans = [plan, ...siblings.map((sibling) => fieldPlan(sibling, context))];
  const absent = token(isWrittenWhenAbsent(field) ? absentValue(field, context) : 'null');
  return messageWriter(plans, (wire, json, end, first) => {
    if (wire.seek(first)) plan.write(wire, json, end);
    else json.token(absent);
  });
}

/** All but members of oneofs, `optional` fields and extensions, which are left out. */
function isWrittenWhenAbsent(field: AnyField): boolean {
  return field.kind === 'field' && !isOneofMember(field);
}

/** Fields with presence are null, others their default: what grpc-gateway writes with EmitUnpopulated. */
function absentValue(field: AnyField, { options }: WriteContext): string {
  if (field.fieldKind === 'list') return '[]';
  if (field.fieldKind === 'map') return '{}';
  if (field.presence !== Presence.implicit) return 'null';
  if (field.fieldKind === 'enum') return enumKind(field.enum, options).zero;
  return field.scalar === undefined ? 'null' : scalarKind(field.scalar, true).zero;
}
