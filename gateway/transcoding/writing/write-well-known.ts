import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { protoCamelCase, protoSnakeCase } from '@bufbuild/protobuf/reflect';
import { isFieldPath, wrapperTypes } from '../well-known-types.ts';
import { token } from './json-writer.ts';
import type { FieldPlan } from './scan-message.ts';
import type { WireReader, WriteMessage, WriteValue } from './wire-reader.ts';
import { fieldPlan, type WriteContext } from './write-field.ts';
import { messageWriter } from './write-message.ts';
import { scalarKind } from './write-scalar.ts';
import { writeDuration, writeTimestamp } from './write-time.ts';

/**
 * Writers of the well-known types with a JSON form of their own (https://protobuf.dev/programming-guides/json/); Any is in
 * write-any.ts. A type that only has the name of one of them is written as any other message.
 */
export function wellKnownWriter(type: DescMessage, context: WriteContext): WriteMessage | undefined {
  const field = type.fields.find(({ number }) => number === 1);
  switch (type.typeName) {
    case 'google.protobuf.Timestamp':
      return writeTimestamp;
    case 'google.protobuf.Duration':
      return writeDuration;
    case 'google.protobuf.FieldMask':
      return field?.fieldKind === 'list' ? fieldMaskWriter(field, context) : undefined;
    case 'google.protobuf.Struct':
      return field?.fieldKind === 'map' ? onlyFieldWriter(fieldPlan(field, context), '{}') : undefined;
    case 'google.protobuf.ListValue':
      return field?.fieldKind === 'list' ? onlyFieldWriter(fieldPlan(field, context), '[]') : undefined;
    case 'google.protobuf.Value':
      return valueWriter(type, context);
    default:
      if (!wrapperTypes.has(type.typeName) || field?.fieldKind !== 'scalar') return undefined;
      return onlyFieldWriter(fieldPlan(field, context), scalarKind(field.scalar, true).zero);
  }
}

/** A message that is written as the value of its one field. */
function onlyFieldWriter(plan: FieldPlan, absent: string): WriteMessage {
  const absentToken = token(absent);
  return messageWriter([plan], (wire, json, end, first) => {
    if (wire.seek(first)) plan.write(wire, json, end);
    else json.token(absentToken);
  });
}

function valueWriter(type: DescMessage, context: WriteContext): WriteMessage {
  const plans = type.fields.map((field) => {
    const plan = fieldPlan(field, context);
    return field.name === 'number_value' ? { ...plan, write: finite(plan.write) } : plan;
  });
  return messageWriter(plans, (wire, json, end, first) => {
    let slot = first;
    for (const { write } of plans) {
      if (wire.seek(slot)) return write(wire, json, end);
      slot += 2;
    }
    wire.refuse('google.protobuf.Value has no value');
  });
}

/** JSON has no NaN and no infinity. */
function finite(write: WriteValue): WriteValue {
  return (wire, json, end) => {
    if (!Number.isFinite(wire.view.getFloat64(wire.position, true))) {
      wire.refuse('google.protobuf.Value is not a finite number');
    }
    write(wire, json, end);
  };
}

/** "user.displayName,photo": paths in lowerCamelCase, which has to lead back to the same path. */
function fieldMaskWriter(field: DescField, context: WriteContext): WriteMessage {
  const plan = fieldPlan(field, context);
  const [tag = 0] = plan.tags;
  return messageWriter([plan], (wire, json, end, first) => {
    const paths = wire.seek(first) ? readPaths(wire, tag, end) : [];
    const names = paths.map(protoCamelCase);
    const bad = paths.find((path, index) => !isFieldPath(path) || protoSnakeCase(names[index] ?? '') !== path);
    if (bad !== undefined) wire.refuse(`google.protobuf.FieldMask: "${bad}" has no reversible lowerCamelCase form`);
    json.string(names.join(','));
  });
}

function readPaths(wire: WireReader, tag: number, end: number): readonly string[] {
  const paths: string[] = [];
  const { last } = wire;
  while (wire.position <= last) {
    const next = wire.tag(end);
    if (next === tag) paths.push(wire.text(end));
    else wire.skip(next, end);
  }
  return paths;
}
