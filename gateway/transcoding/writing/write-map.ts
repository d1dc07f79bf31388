import { KeyRanges } from '../key-ranges.ts';
import { type JsonWriter, token } from './json-writer.ts';
import { compileScan } from './scan-message.ts';
import { type WireReader, WireType, type WriteValue } from './wire-reader.ts';
import type { ValueKind } from './write-scalar.ts';
import { valuePlan } from './write-submessage.ts';

const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * A map is a list of entries: messages with the key in field 1 and the value in field 2. Of entries with one key the last one
 * counts (https://protobuf.dev/programming-guides/encoding/#maps).
 */
export function mapWriter(number: number, key: ValueKind, value: ValueKind): WriteValue {
  const tag = number * 8 + WireType.length;
  const keyPlan = valuePlan(1, key);
  const valuePlanned = valuePlan(2, value);
  const scan = compileScan([keyPlan, valuePlanned]);
  const writeKey = memberWriter(keyPlan.write, key);
  const writeValue = memberWriter(valuePlanned.write, value);

  const writeEntry: WriteValue = (wire, json, end) => {
    const slot = scan(wire, json, wire.position, end);
    writeKey(wire, json, end, slot);
    json.byte(colon);
    writeValue(wire, json, end, slot + 2);
    json.byte(comma);
    wire.slotCount = slot;
  };

  /** Which of the entries are the last ones of their key; undefined if no key comes twice. */
  const lastEntries = (wire: WireReader, json: JsonWriter, end: number): ReadonlySet<number> | undefined => {
    // The keys are written behind the text, compared there, and taken back.
    const keys = new KeyRanges();
    const { last } = wire;
    const { position } = json;
    while (wire.position <= last) {
      if (!nextEntry(wire, tag, end)) continue;
      const length = wire.length(end);
      const stop = wire.position + length;
      const keyStart = json.position;
      const slot = scan(wire, json, wire.position, stop);
      writeKey(wire, json, stop, slot);
      keys.add(keyStart, json.position);
      wire.slotCount = slot;
      wire.position = stop;
    }
    json.position = position;
    return keys.duplicate(json.bytes) < 0 ? undefined : keys.lastOfEach(json.bytes);
  };

  return (wire, json, end) => {
    const { last, position } = wire;
    const counting = position === last ? undefined : lastEntries(wire, json, end);
    wire.position = position;
    json.byte(openBrace);
    for (let index = 0; wire.position <= last; ) {
      if (!nextEntry(wire, tag, end)) continue;
      const length = wire.length(end);
      const stop = wire.position + length;
      if (counting === undefined || counting.has(index)) writeEntry(wire, json, stop);
      else wire.discard(json, writeEntry, stop);
      wire.position = stop;
      index++;
    }
    json.close(closeBrace);
  };
}

/** Moves to the value of the tag, or past another field's value. */
function nextEntry(wire: WireReader, tag: number, end: number): boolean {
  const next = wire.tag(end);
  if (next === tag) return true;
  wire.skip(next, end);
  return false;
}

/** Writes the key or value of an entry, or what stands for it when it is absent. */
function memberWriter(
  write: WriteValue,
  { zero, message }: ValueKind,
): (wire: WireReader, json: JsonWriter, end: number, slot: number) => void {
  const zeroToken = token(zero);
  return (wire, json, end, slot) => {
    if (wire.seek(slot)) write(wire, json, end);
    else if (message === undefined) json.token(zeroToken);
    else message(wire, json, end, end);
  };
}
