import type { JsonWriter } from './json-writer.ts';
import { type WireReader, WireType, type WriteValue } from './wire-reader.ts';
import type { ValueKind } from './write-scalar.ts';

const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Numbers, booleans and enum values may be packed into one length-delimited value, however the field is declared. */
export function isPackable(kind: ValueKind): boolean {
  return kind.wireType !== WireType.length && kind.wireType !== WireType.startGroup;
}

export function listWriter(number: number, kind: ValueKind): WriteValue {
  const { write, wireType } = kind;
  const tag = number * 8 + wireType;
  const packedTag = isPackable(kind) ? number * 8 + WireType.length : undefined;
  return (wire, json, end) => {
    const { last } = wire;
    json.byte(openBracket);
    while (wire.position <= last) {
      const next = wire.tag(end);
      if (next === tag) {
        write(wire, json, end);
        json.byte(comma);
      } else if (next === packedTag) writePacked(wire, json, end, wireType, write);
      else wire.skip(next, end);
    }
    json.close(closeBracket);
  };
}

function writePacked(wire: WireReader, json: JsonWriter, end: number, wireType: number, write: WriteValue): void {
  const length = wire.length(end);
  const stop = wire.position + length;
  const size = wireType === WireType.fixed64 ? 8 : wireType === WireType.fixed32 ? 4 : 1;
  const endsWithinValue = size === 1 ? length > 0 && (wire.bytes[stop - 1] ?? 0) >= 0x80 : length % size !== 0;
  if (endsWithinValue) wire.fail('a packed list ends within a value');
  while (wire.position < stop) {
    write(wire, json, stop);
    json.byte(comma);
  }
}
