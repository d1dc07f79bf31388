import { type JsonWriter, token } from './json-writer.ts';
import { compileScan } from './scan-message.ts';
import { type WireReader, WireType } from './wire-reader.ts';
import type { ValueKind, WriteMessage, WriteValue } from './write-scalar.ts';
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

  const writeEntry: WriteMessage = (wire, json, start, end) => {
    const slot = scan(wire, json, start, end);
    writeKey(wire, json, end, slot);
    json.byte(colon);
    writeValue(wire, json, end, slot + 2);
    json.byte(comma);
    wire.slotCount = slot;
  };

  /** The key as it stands in JSON, by which equal keys are found. */
  const keyOf = (wire: WireReader, json: JsonWriter, start: number, end: number): string => {
    const before = json.position;
    const slot = scan(wire, json, start, end);
    writeKey(wire, json, end, slot);
    wire.slotCount = slot;
    const text = json.bytes.toString('latin1', before, json.position);
    json.position = before;
    return text;
  };

  /** Where the entries begin that are the last ones of their key. */
  const lastEntries = (wire: WireReader, json: JsonWriter, end: number): ReadonlySet<number> => {
    const entries = new Map<string, number>();
    const { last } = wire;
    while (wire.position <= last) {
      const at = wire.position;
      if (!nextEntry(wire, tag, end)) continue;
      const length = wire.length(end);
      const start = wire.position;
      entries.set(keyOf(wire, json, start, start + length), at);
      wire.position = start + length;
    }
    return new Set(entries.values());
  };

  return (wire, json, end) => {
    const { last, position } = wire;
    const counting = position === last ? undefined : lastEntries(wire, json, end);
    wire.position = position;
    json.byte(openBrace);
    while (wire.position <= last) {
      const at = wire.position;
      if (!nextEntry(wire, tag, end)) continue;
      const length = wire.length(end);
      const start = wire.position;
      const stop = start + length;
      if (counting === undefined || counting.has(at)) writeEntry(wire, json, start, stop);
      else wire.discard(json, () => writeEntry(wire, json, start, stop));
      wire.position = stop;
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
