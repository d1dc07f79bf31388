import type { DescMessage } from '@bufbuild/protobuf';
import { type AnyField, jsonNameOf, Presence, protoNameOf } from '../message-fields.ts';
import { type JsonReader, words } from './json-reader.ts';
import { NameTable } from './name-table.ts';
import { fieldReader, type ReadContext, type ReadMessage } from './read-field.ts';

const openBrace = 0x7b;
const letterN = words.null[0];

/** Flags of a field while an object is read (JsonReader.flags); those of oneofs stand behind them. */
const isFound = 1;
const isSet = 2;

/** Reads JSON objects as messages of a type: fields by their JSON and their proto name, each once. */
export function objectReader(type: DescMessage, fields: readonly AnyField[], context: ReadContext): ReadMessage {
  const readers = fields.map((field) => fieldReader(field, context));
  // Where a name is the JSON name of one field and the proto name of another, the JSON name precedes.
  const names = new NameTable([
    ...fields.map((field, index) => [protoNameOf(field), index] as const),
    ...fields.map((field, index) => [jsonNameOf(field), index] as const),
  ]);
  const oneofs = fields.map((field) => (field.oneof === undefined ? -1 : type.oneofs.indexOf(field.oneof)));
  const flagCount = fields.length + type.oneofs.length;
  const required = [...fields.keys()].filter((index) => fields[index]?.presence === Presence.required);

  const readUnknown = (json: JsonReader, objectPosition: number, keyPosition: number): void => {
    if (!json.isTypeKey(objectPosition, keyPosition) && context.options.unknownFields === 'reject') {
      json.failAtKey(`${type.typeName} has no such field`, keyPosition);
    }
    json.skipValue();
  };

  return (json, wire) => {
    if (json.bytes[json.position] !== openBrace) json.expected(type.typeName);
    json.enter();
    const objectPosition = json.position;
    const first = json.takeFlags(flagCount);
    let expected = 0;
    for (let more = json.openObject(); more; more = json.nextMember()) {
      const keyPosition = json.position;
      const index = names.read(json, expected);
      const byte = json.memberValue();
      if (index < 0) {
        readUnknown(json, objectPosition, keyPosition);
        continue;
      }
      const reader = readers[index];
      if (reader === undefined || json.flags[first + index] !== 0) return json.failAtKey('comes twice', keyPosition);
      json.flags[first + index] = isFound;
      expected = index + 1;
      if (byte === letterN && !reader.takesNull) {
        json.readNull();
        continue;
      }
      const oneof = oneofs[index] ?? -1;
      if (oneof >= 0) {
        const flag = first + readers.length + oneof;
        if (json.flags[flag] !== 0) json.failAtKey('another field of its oneof is set', keyPosition);
        json.flags[flag] = isFound;
      }
      if (reader.read(json, wire)) json.flags[first + index] = isSet;
    }
    for (const index of required) {
      if (json.flags[first + index] !== isSet) json.fail(`${fields[index]?.name} is required`, objectPosition);
    }
    json.flagCount = first;
    json.leave();
  };
}
