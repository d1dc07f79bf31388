import type { ScalarType } from '@bufbuild/protobuf';
import { KeyRanges } from '../key-ranges.ts';
import { WireType } from '../writing/wire-reader.ts';
import type { ReadField } from './read-list.ts';
import { mapKeyReader } from './read-map-key.ts';
import { Outcome, scalarReader, type ValueReader } from './read-scalar.ts';

const openBrace = 0x7b;

/** A JSON object as an entry for each member: a message with the key in field 1 and the value in field 2. */
export function mapReader(number: number, keyType: ScalarType, value: ValueReader): ReadField {
  const tag = number * 8 + WireType.length;
  const keyTag = 8 + scalarReader(keyType).wireType;
  const valueTag = 16 + value.wireType;
  const readKey = mapKeyReader(keyType);
  const { read, takesNull } = value;
  let lengthSize = 1;

  return (json, wire) => {
    if (json.bytes[json.position] !== openBrace) json.expected('an object');
    const keys = new KeyRanges();
    const positions: number[] = [];
    for (let more = json.openObject(); more; more = json.nextMember()) {
      const before = wire.position;
      const keyPosition = json.position;
      wire.varint32(tag);
      const size = lengthSize;
      const start = wire.beginLength(size);
      wire.byte(keyTag);
      readKey(json, wire);
      const keyLength = wire.position - start;
      json.memberValue();
      if (takesNull !== true) json.refuseNull();
      wire.byte(valueTag);
      if (read(json, wire) === Outcome.ignored) {
        wire.position = before;
        continue;
      }
      lengthSize = wire.endLength(start, size);
      const keyStart = start - size + lengthSize;
      positions.push(keyPosition);
      keys.add(keyStart, keyStart + keyLength);
    }
    const duplicate = keys.duplicate(wire.bytes);
    if (duplicate >= 0) json.failAtKey('comes twice', positions[duplicate]);
    return true;
  };
}
