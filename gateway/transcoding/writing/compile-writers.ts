import type { DescField, DescMessage, Registry } from '@bufbuild/protobuf';
import { StatusError } from '../../status/status-error.ts';
import type { JsonOptions } from '../codec.ts';
import type { FieldsOf } from '../message-fields.ts';
import { type CanonicalType, canonicalTypes } from './canonical-plan.ts';
import type { WriteMessage } from './wire-reader.ts';
import { anyWriter } from './write-any.ts';
import type { WriteContext } from './write-field.ts';
import { fieldValueWriter, objectWriter } from './write-message.ts';
import { wellKnownWriter } from './write-well-known.ts';

export interface Writers {
  message(type: DescMessage): WriteMessage;
  field(field: DescField): WriteMessage;
}

/** Compiles a writer a message type, when its first message is written. */
export function compileWriters(registry: Registry, fieldsOf: FieldsOf, options: JsonOptions): Writers {
  const writers = new Map<DescMessage, WriteMessage>();
  const context: WriteContext = {
    options,
    messageWriter(type) {
      const known = writers.get(type);
      if (known !== undefined) return known;
      const writer = create(type);
      writers.set(type, writer);
      return writer;
    },
  };
  const canonical = canonicalTypes(fieldsOf, context);
  const compile = (type: DescMessage): WriteMessage => {
    if (type.typeName === 'google.protobuf.Any') return anyWriter(registry, context);
    return wellKnownWriter(type, context) ?? objectWriter(type, fieldsOf(type), context);
  };
  const create = (type: DescMessage): WriteMessage => {
    const canonicalType = canonical(type);
    let compiled: WriteMessage | undefined;
    return (wire, json, start, end) => {
      if (canonicalType !== undefined && tryCanonical(canonicalType, wire, json, start, end)) return;
      compiled ??= compile(type);
      compiled(wire, json, start, end);
    };
  };
  return {
    message: context.messageWriter,
    field: (field) => fieldValueWriter(field, fieldsOf(field.parent), context),
  };
}

/** Most probably the bytes of a message are in canonical form; where they are not, all is as it was before. */
function tryCanonical(type: CanonicalType, ...message: Parameters<WriteMessage>): boolean {
  const [wire, json] = message;
  if (wire.attempts === 0) return false;
  const { bytes, slotCount, depth, discarding } = wire;
  const { position } = json;
  try {
    if (type.write(...message)) return true;
  } catch (error) {
    // A RangeError: it read past the bytes.
    if (!(error instanceof StatusError || error instanceof RangeError)) throw error;
  }
  wire.attempts--;
  wire.use(bytes);
  wire.slotCount = slotCount;
  wire.depth = depth;
  wire.discarding = discarding;
  json.position = position;
  return false;
}
