import type { DescField, DescMessage, Registry } from '@bufbuild/protobuf';
import type { Codec, Codecs, JsonOptions } from './codec.ts';
import { fieldsOf, jsonNameOf } from './message-fields.ts';
import { compileReaders } from './reading/compile-readers.ts';
import { JsonReader, words } from './reading/json-reader.ts';
import type { ReadMessage } from './reading/read-field.ts';
import { WireWriter } from './reading/wire-writer.ts';
import { hasOwnJsonForm } from './well-known-types.ts';
import { compileWriters } from './writing/compile-writers.ts';
import { JsonWriter } from './writing/json-writer.ts';
import { WireReader, type WriteMessage } from './writing/wire-reader.ts';

const emptyObject = Buffer.from('{}');

/** Codecs over a registry: types of Any and extensions are looked up in it. */
export function createCodecs(registry: Registry, options: JsonOptions): Codecs {
  const fields = fieldsOf(registry);
  const readers = compileReaders(registry, fields, options);
  const writers = compileWriters(registry, fields, options);
  // One of each is enough: nothing is read or written while another message is.
  const jsonReader = new JsonReader();
  const wireWriter = new WireWriter();
  const wireReader = new WireReader();
  const jsonWriter = new JsonWriter();

  const read = (json: Uint8Array, root: string, readValue: ReadMessage): Uint8Array => {
    jsonReader.open(json, root);
    wireWriter.reset();
    readValue(jsonReader, wireWriter);
    jsonReader.finish();
    return wireWriter.finish();
  };
  const write = (wire: Uint8Array, type: DescMessage, writeMessage: WriteMessage): Buffer => {
    wireReader.open(wire, type.typeName);
    jsonWriter.reset();
    writeMessage(wireReader, jsonWriter, 0, wire.length);
    if (options.indent > 0) jsonWriter.indent(options.indent);
    return jsonWriter.lend();
  };

  const createMessage = (type: DescMessage): Codec => {
    const readMessage = readers.message(type);
    const writeMessage = writers.message(type);
    // No text is an empty message, unless that lacks required fields.
    const readBlank = (): Uint8Array => (hasOwnJsonForm(type) ? new Uint8Array() : read(emptyObject, '', readMessage));
    return {
      read: (json) => (isBlank(json) ? readBlank() : read(json, '', readMessage)),
      write: (wire) => write(wire, type, writeMessage),
    };
  };
  const createField = (field: DescField): Codec => {
    const reader = readers.field(field);
    const writeField = writers.field(field);
    const readField: ReadMessage = (json, wire) => {
      // A message that is the whole text has to be one; for everything else null stands for its absence.
      const isNull = field.fieldKind !== 'message' && !reader.takesNull && json.word(words.null);
      if (!isNull) reader.read(json, wire);
    };
    return {
      read: (json) => (isBlank(json) ? new Uint8Array() : read(json, jsonNameOf(field), readField)),
      write: (wire) => write(wire, field.parent, writeField),
    };
  };

  return {
    message: cached(createMessage),
    field: cached(createField),
    release: (text) => jsonWriter.release(text),
  };
}

function isBlank(json: Uint8Array): boolean {
  return json.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function cached<Key, Value>(create: (key: Key) => Value): (key: Key) => Value {
  const values = new Map<Key, Value>();
  return (key) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = create(key);
    values.set(key, value);
    return value;
  };
}
