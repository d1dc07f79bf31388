import { WireType } from '../writing/wire-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { Outcome, type ValueReader } from './read-scalar.ts';
import type { WireWriter } from './wire-writer.ts';

/** Reads the JSON value of a field and writes the field with its tag; false if nothing came of it. */
export type ReadField = (json: JsonReader, wire: WireWriter) => boolean;

const openBracket = 0x5b;

/** A JSON array as one field for each element. */
export function listReader(number: number, { wireType, read, takesNull }: ValueReader): ReadField {
  const tag = number * 8 + wireType;
  return (json, wire) => {
    if (json.bytes[json.position] !== openBracket) json.expected('an array');
    for (let more = json.openArray(); more; more = json.nextElement()) {
      if (takesNull !== true) json.refuseNull();
      const before = wire.position;
      wire.varint32(tag);
      if (read(json, wire) === Outcome.ignored) wire.position = before;
    }
    return true;
  };
}

/** A JSON array as one field that holds all elements. */
export function packedReader(number: number, { read, takesNull }: ValueReader): ReadField {
  const tag = number * 8 + WireType.length;
  return (json, wire) => {
    if (json.bytes[json.position] !== openBracket) json.expected('an array');
    const before = wire.position;
    wire.varint32(tag);
    const start = wire.beginLength(1);
    for (let more = json.openArray(); more; more = json.nextElement()) {
      if (takesNull !== true) json.refuseNull();
      const element = wire.position;
      if (read(json, wire) === Outcome.ignored) wire.position = element;
    }
    if (wire.position === start) wire.position = before;
    else wire.endLength(start, 1);
    return true;
  };
}
