import type { DescMessage } from '@bufbuild/protobuf';
import type { JsonOptions } from '../codec.ts';
import type { AnyField } from '../message-fields.ts';
import type { FieldPlan } from './scan-message.ts';
import { WireType, type WriteMessage } from './wire-reader.ts';
import { isPackable, listWriter } from './write-list.ts';
import { mapWriter } from './write-map.ts';
import { enumKind, mapKeyKind, scalarKind, type ValueKind } from './write-scalar.ts';
import { messageKind, valuePlan } from './write-submessage.ts';

export interface WriteContext {
  readonly options: JsonOptions;
  /** The writer of a message type, which need not be compiled yet. */
  messageWriter(type: DescMessage): WriteMessage;
}

/** How a field is found in wire bytes and written as JSON. */
export function fieldPlan(field: AnyField, context: WriteContext): FieldPlan {
  const kind = valueKind(field, context);
  switch (field.fieldKind) {
    case 'scalar':
    case 'enum':
    case 'message': {
      const known = field.enum?.open === false ? new Set(field.enum.values.map((value) => value.number)) : undefined;
      return { ...valuePlan(field.number, kind), oneof: field.oneof, known };
    }
    case 'list': {
      const tag = field.number * 8 + kind.wireType;
      const tags = isPackable(kind) ? [tag, field.number * 8 + WireType.length] : [tag];
      return { ...repeated, tags, write: listWriter(field.number, kind) };
    }
    case 'map': {
      const key = mapKeyKind(field.mapKey, field.utf8Validation);
      const tags = [field.number * 8 + WireType.length];
      return { ...repeated, tags, write: mapWriter(field.number, key, kind) };
    }
  }
}

const repeated = { repeated: true, cumulative: true, oneof: undefined, known: undefined };

/** A single value of a field, an element of a list or a value of a map. */
function valueKind(field: AnyField, context: WriteContext): ValueKind {
  if (field.enum !== undefined) return enumKind(field.enum, context.options);
  if (field.scalar !== undefined) return scalarKind(field.scalar, field.utf8Validation);
  return messageKind(context.messageWriter(field.message), field.delimitedEncoding ? field.number : undefined);
}
