import { ScalarType } from '@bufbuild/protobuf';
import { type JsonReader, words } from './json-reader.ts';
import { messageReader, type ReadMessage } from './read-field.ts';
import { listReader } from './read-list.ts';
import { mapReader } from './read-map.ts';
import { readDouble } from './read-number.ts';
import { readString } from './read-string.ts';
import type { WireWriter } from './wire-writer.ts';

/** Tags of google.protobuf.Value. */
const tags = { null: 0x08, number: 0x11, string: 0x1a, bool: 0x20, struct: 0x2a, list: 0x32 } as const;

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

/** Any JSON value as google.protobuf.Value. */
export const readValue: ReadMessage = (json, wire) => {
  json.enter();
  switch (json.bytes[json.position]) {
    case quote:
      wire.byte(tags.string);
      readString(json, wire);
      break;
    case openBrace:
      wire.byte(tags.struct);
      structValue.read(json, wire);
      break;
    case openBracket:
      wire.byte(tags.list);
      listValue.read(json, wire);
      break;
    default:
      readPlain(json, wire);
  }
  json.leave();
};

function readPlain(json: JsonReader, wire: WireWriter): void {
  if (json.word(words.null)) {
    wire.byte(tags.null);
    wire.byte(0);
    return;
  }
  const isTrue = json.word(words.true);
  if (isTrue || json.word(words.false)) {
    wire.byte(tags.bool);
    wire.byte(Number(isTrue));
  } else {
    wire.byte(tags.number);
    wire.double(readDouble(json, 'a JSON value'));
  }
}

const member = { ...messageReader(readValue), takesNull: true };
const readMembers = mapReader(1, ScalarType.STRING, member);
const readElements = listReader(1, member);

/** A JSON object as google.protobuf.Struct. */
export const readStruct: ReadMessage = (json, wire) => {
  readMembers(json, wire);
};

/** A JSON array as google.protobuf.ListValue. */
export const readListValue: ReadMessage = (json, wire) => {
  readElements(json, wire);
};

const structValue = messageReader(readStruct);
const listValue = messageReader(readListValue);
