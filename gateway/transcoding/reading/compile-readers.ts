import type { DescField, DescMessage, Registry } from '@bufbuild/protobuf';
import type { JsonOptions } from '../codec.ts';
import type { FieldsOf } from '../message-fields.ts';
import { anyReader } from './read-any.ts';
import { type FieldReader, fieldReader, type ReadContext, type ReadMessage } from './read-field.ts';
import { objectReader } from './read-message.ts';
import { wellKnownReader } from './read-well-known.ts';

export interface Readers {
  message(type: DescMessage): ReadMessage;
  field(field: DescField): FieldReader;
}

/** Compiles a reader a message type, when its first message is read. */
export function compileReaders(registry: Registry, fieldsOf: FieldsOf, options: JsonOptions): Readers {
  const readers = new Map<DescMessage, ReadMessage>();
  const context: ReadContext = {
    options,
    messageReader(type) {
      const known = readers.get(type);
      if (known !== undefined) return known;
      let compiled: ReadMessage | undefined;
      const reader: ReadMessage = (json, wire) => {
        compiled ??= compile(type);
        compiled(json, wire);
      };
      readers.set(type, reader);
      return reader;
    },
  };
  const compile = (type: DescMessage): ReadMessage => {
    if (type.typeName === 'google.protobuf.Any') return anyReader(registry, context);
    return wellKnownReader(type) ?? objectReader(type, fieldsOf(type), context);
  };
  return { message: context.messageReader, field: (field) => fieldReader(field, context) };
}
