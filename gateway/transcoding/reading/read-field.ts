import type { DescMessage } from '@bufbuild/protobuf';
import type { JsonOptions } from '../codec.ts';
import { type AnyField, Presence } from '../message-fields.ts';
import { WireType } from '../writing/wire-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { listReader, packedReader, type ReadField } from './read-list.ts';
import { mapReader } from './read-map.ts';
import { enumReader, Outcome, scalarReader, type ValueReader } from './read-scalar.ts';
import type { WireWriter } from './wire-writer.ts';

/** Reads a JSON value and writes the fields of a message, without a length. */
export type ReadMessage = (json: JsonReader, wire: WireWriter) => void;

export interface ReadContext {
  readonly options: JsonOptions;
  /** The reader of a message type, which need not be compiled yet. */
  messageReader(type: DescMessage): ReadMessage;
}

/** How the JSON value of a field is read, and whether null is a value of it. */
export interface FieldReader {
  readonly read: ReadField;
  readonly takesNull: boolean;
}

export function fieldReader(field: AnyField, context: ReadContext): FieldReader {
  const value = valueReader(field, context);
  switch (field.fieldKind) {
    case 'list': {
      const read = field.packed ? packedReader(field.number, value) : listReader(field.number, value);
      return { read, takesNull: false };
    }
    case 'map':
      return { read: mapReader(field.number, field.mapKey, value), takesNull: false };
    default: {
      const hasPresence =
        field.presence !== Presence.implicit || field.message !== undefined || field.oneof !== undefined;
      return { read: singularReader(field.number, value, hasPresence), takesNull: value.takesNull === true };
    }
  }
}

export function singularReader(number: number, { wireType, read }: ValueReader, hasPresence: boolean): ReadField {
  const tag = number * 8 + wireType;
  // Without presence, the default value is not on the wire.
  const least = hasPresence ? Outcome.zero : Outcome.value;
  return (json, wire) => {
    const before = wire.position;
    wire.varint32(tag);
    const outcome = read(json, wire);
    if (outcome < least) wire.position = before;
    return outcome !== Outcome.ignored;
  };
}

function valueReader(field: AnyField, context: ReadContext): ValueReader {
  if (field.enum !== undefined) return enumReader(field.enum, context.options);
  if (field.scalar !== undefined) return scalarReader(field.scalar);
  const takesNull = field.message.typeName === 'google.protobuf.Value';
  const read = context.messageReader(field.message);
  return { ...(field.delimitedEncoding ? groupReader(field.number, read) : messageReader(read)), takesNull };
}

/** A message with its length before it. */
export function messageReader(readMessage: ReadMessage): ValueReader {
  // The length of the last message tells how many bytes the length of the next one will take.
  let lengthSize = 1;
  const read: ValueReader['read'] = (json, wire) => {
    const size = lengthSize;
    const start = wire.beginLength(size);
    readMessage(json, wire);
    lengthSize = wire.endLength(start, size);
    return Outcome.value;
  };
  return { wireType: WireType.length, read };
}

/** A message between group tags. */
function groupReader(number: number, readMessage: ReadMessage): ValueReader {
  const endTag = number * 8 + WireType.endGroup;
  const read: ValueReader['read'] = (json, wire) => {
    readMessage(json, wire);
    wire.varint32(endTag);
    return Outcome.value;
  };
  return { wireType: WireType.startGroup, read };
}
