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
      let compiled: WriteMessage | undefined;
      const writer: WriteMessage = (wire, json, start, end) => {
        compiled ??= compile(type);
        compiled(wire, json, start, end);
      };
      writers.set(type, writer);
      return writer;
    },
  };
  const compile = (type: DescMessage): WriteMessage => {
    if (type.typeName === 'google.protobuf.Any') return anyWriter(registry, context);
    return wellKnownWriter(type, context) ?? objectWriter(type, fieldsOf(type), context);
  };
  const canonical = canonicalTypes(fieldsOf, context);
  return {
    message: (type) => wholeWriter(canonical(type), context.messageWriter(type)),
    field: (field) => fieldValueWriter(field, fieldsOf(field.parent), context),
  };
}

/** Writes a whole message, all that is written: most probably its bytes are in canonical form. */
function wholeWriter(type: CanonicalType | undefined, write: WriteMessage): WriteMessage {
  if (type === undefined) return write;
  return (wire, json, start, end) => {
    const { bytes } = wire;
    if (tryCanonical(type, wire, json, start, end)) return;
    wire.rewind(bytes);
    json.reset();
    write(wire, json, start, end);
  };
}

function tryCanonical(type: CanonicalType, ...message: Parameters<WriteMessage>): boolean {
  try {
    return type.write(...message);
  } catch (error) {
    // A RangeError: it read past the bytes.
    if (error instanceof StatusError || error instanceof RangeError) return false;
    throw error;
  }
}
