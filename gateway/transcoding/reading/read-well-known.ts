import type { DescMessage } from '@bufbuild/protobuf';
import { protoSnakeCase } from '@bufbuild/protobuf/reflect';
import { isFieldPath, wrapperTypes } from '../well-known-types.ts';
import type { JsonReader } from './json-reader.ts';
import { type ReadMessage, singularReader } from './read-field.ts';
import { scalarReader } from './read-scalar.ts';
import { readListValue, readStruct, readValue } from './read-struct.ts';
import { readDuration, readTimestamp } from './read-time.ts';
import type { WireWriter } from './wire-writer.ts';

const quote = 0x22;

/**
 * Readers of the well-known types with a JSON form of their own (https://protobuf.dev/programming-guides/json/); Any is in
 * read-any.ts.
 */
export function wellKnownReader(type: DescMessage): ReadMessage | undefined {
  switch (type.typeName) {
    case 'google.protobuf.Timestamp':
      return countingDepth(readTimestamp);
    case 'google.protobuf.Duration':
      return countingDepth(readDuration);
    case 'google.protobuf.FieldMask':
      return countingDepth(readFieldMask);
    case 'google.protobuf.Struct':
      return countingDepth(readStruct);
    case 'google.protobuf.ListValue':
      return countingDepth(readListValue);
    case 'google.protobuf.Value':
      return readValue;
    default: {
      const field = type.fields.find(({ number }) => number === 1);
      if (!wrapperTypes.has(type.typeName) || field?.fieldKind !== 'scalar') return undefined;
      const readField = singularReader(1, scalarReader(field.scalar), false);
      return countingDepth((json, wire) => {
        readField(json, wire);
      });
    }
  }
}

function countingDepth(read: ReadMessage): ReadMessage {
  return (json, wire) => {
    json.enter();
    read(json, wire);
    json.leave();
  };
}

/** "user.displayName,photo" as the paths "user.display_name" and "photo". */
function readFieldMask(json: JsonReader, wire: WireWriter): void {
  const start = json.position;
  if (json.bytes[start] !== quote) json.expected('a field mask');
  const text = json.text().trim();
  if (text === '') return;
  for (const name of text.split(',')) {
    const path = protoSnakeCase(name);
    if (name.includes('_') || !isFieldPath(path))
      json.fail(`${JSON.stringify(name.slice(0, 100))} is no field path`, start);
    wire.byte(0x0a);
    const lengthStart = wire.beginLength(1);
    wire.ascii(path);
    wire.endLength(lengthStart, 1);
  }
}
