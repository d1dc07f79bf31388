import { type CanonicalField, type CanonicalType, Kind } from './canonical-plan.ts';
import { type JsonWriter, writeToken } from './json-writer.ts';
import { writeInteger, writeShortDecimal } from './number-text.ts';
import type { WireReader } from './wire-reader.ts';
import { copyPlainText, copyText } from './write-string.ts';

const quote = 0x22;
const comma = 0x2c;
const quoteComma = 0x2c22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Writes a message while it is read, in one pass, if its bytes are as encoders write them: fields in order of their numbers,
 * none but lists and maps more than once. Returns false, or throws a StatusError, when it meets anything else, faults
 * included; then the message has to be written anew with the writer that knows all rules (write-message.ts).
 *
 * This is the hottest function of a gateway: what is in `position`, `at` and the two views is kept in registers, which is why
 * common kinds of values are written here and not by a function each. `wire.position` and `json.position` are behind, but
 * around calls. There is room for `room` bytes of JSON whenever a field begins.
 */
export function writeCanonical(
  type: CanonicalType,
  wire: WireReader,
  json: JsonWriter,
  start: number,
  end: number,
): boolean {
  const { fields, table, room } = type.plan ?? type.open();
  wire.enter();
  json.reserve(room);
  const { view } = wire;
  let out = json.view;
  let at = json.position;
  let position = start;
  let expected = 0;
  let oneofs = 0;
  out.setUint8(at++, openBrace);
  while (position < end) {
    const tagStart = position;
    let tag = view.getUint8(position++);
    if (tag >= 0x80 || tag < 8) {
      wire.position = tagStart;
      tag = wire.tag(end);
      position = wire.position;
    }
    const index = (tag < table.length ? (table[tag] ?? 0) : 0) - 1;
    if (index < 0) {
      wire.position = position;
      wire.skip(tag, end);
      position = wire.position;
      continue;
    }
    if (index < expected) return false;
    for (; expected < index; expected++) {
      const absent = fields[expected]?.absent;
      if (absent !== undefined) at = writeToken(out, at, absent);
    }
    expected = index + 1;
    const field = fields[index];
    if (field === undefined || position >= end || (oneofs & field.oneof) !== 0) return false;
    oneofs |= field.oneof;
    const memberStart = at;
    at = writeToken(out, at, field.name);
    switch (field.kind) {
      case Kind.string: {
        let length = view.getUint8(position++);
        if (length >= 0x80) {
          wire.position = position - 1;
          length = wire.length(end);
          position = wire.position;
        } else if (position + length > end) return false;
        json.position = at;
        json.reserve(length + room);
        out = json.view;
        out.setUint8(at++, quote);
        const copied = copyPlainText(view, position, length, out, at);
        at += copied;
        if (copied < length) {
          json.position = at;
          if (!copyText(wire, json, position + copied, position + length)) return false;
          json.reserve(room);
          out = json.view;
          at = json.position;
        }
        out.setUint16(at, quoteComma, true);
        at += 2;
        position += length;
        break;
      }
      case Kind.message: {
        wire.position = position;
        const length = wire.length(end);
        position = wire.position + length;
        json.position = at;
        if (!writeMember(field, wire, json, wire.position, position)) return false;
        json.reserve(room);
        out = json.view;
        at = json.position;
        break;
      }
      case Kind.messages: {
        json.position = at;
        position = writeMessages(field, wire, json, position, end);
        if (position < 0) return false;
        json.reserve(room);
        out = json.view;
        at = json.position;
        break;
      }
      case Kind.double: {
        if (position + 8 > end) return false;
        const value = view.getFloat64(position, true);
        const next = writeShortDecimal(out, at, value);
        if (next < 0) {
          json.position = at;
          json.double(value);
          at = json.position;
        } else at = next;
        position += 8;
        out.setUint8(at++, comma);
        break;
      }
      case Kind.bool:
      case Kind.enum: {
        const packed = shortVarint(wire, position);
        const value = packed >>> 3;
        const name = value < field.fewNames.length ? field.fewNames[value] : field.names.get(value);
        if (packed === 0 || name === undefined) return false;
        at = writeToken(out, at, name);
        position += packed & 7;
        break;
      }
      case Kind.varint: {
        const packed = shortVarint(wire, position);
        if (packed !== 0) {
          at = writeInteger(out, at, packed >>> 3);
          position += packed & 7;
          out.setUint8(at++, comma);
          break;
        }
        wire.position = position;
        json.position = at;
        field.write(wire, json, end);
        at = json.position;
        position = wire.position;
        out.setUint8(at++, comma);
        break;
      }
      case Kind.quotedVarint: {
        const packed = shortVarint(wire, position);
        if (packed !== 0) {
          out.setUint8(at++, quote);
          at = writeInteger(out, at, packed >>> 3);
          position += packed & 7;
          out.setUint16(at, quoteComma, true);
          at += 2;
          break;
        }
        wire.position = position;
        json.position = at;
        field.write(wire, json, end);
        at = json.position;
        position = wire.position;
        out.setUint8(at++, comma);
        break;
      }
      default: {
        wire.position = position;
        json.position = at;
        writeOther(field, tag, wire, json, field.kind === Kind.others ? tagStart : position, end);
        json.reserve(room);
        out = json.view;
        at = json.position;
        position = wire.position;
      }
    }
    if (field.leftOut !== undefined) {
      json.position = at - 1;
      if (json.isSince(memberStart + field.name.length, field.leftOut)) at = memberStart;
    }
  }
  for (; expected < fields.length; expected++) {
    const absent = fields[expected]?.absent;
    if (absent !== undefined) at = writeToken(out, at, absent);
  }
  if (out.getUint8(at - 1) === comma) at--;
  out.setUint8(at++, closeBrace);
  json.position = at;
  wire.leave();
  return position === end;
}

function writeMember(field: CanonicalField, wire: WireReader, json: JsonWriter, start: number, end: number): boolean {
  if (field.message === undefined || !writeCanonical(field.message, wire, json, start, end)) return false;
  json.byte(comma);
  return true;
}

/** Writes a list of messages from its elements, which follow each other; returns the position behind them, or -1. */
function writeMessages(field: CanonicalField, wire: WireReader, json: JsonWriter, start: number, end: number): number {
  json.byte(openBracket);
  let position = start;
  for (;;) {
    wire.position = position;
    const length = wire.length(end);
    position = wire.position + length;
    if (!writeMember(field, wire, json, wire.position, position)) return -1;
    if (!wire.isTagAt(position, end, field.tag)) break;
    position += field.tagSize;
  }
  json.bytes[json.position - 1] = closeBracket;
  json.byte(comma);
  return position;
}

/**
 * Writes what has a writer of its own: a single value, or all elements of a list or map, which follow each other. It begins at
 * `start`; `wire.position` is behind the first tag.
 */
function writeOther(
  field: CanonicalField,
  tag: number,
  wire: WireReader,
  json: JsonWriter,
  start: number,
  end: number,
): void {
  let last = start;
  wire.skip(tag, end);
  while (field.kind === Kind.others && wire.isTagAt(wire.position, end, tag)) {
    last = wire.position;
    wire.position += field.tagSize;
    wire.skip(tag, end);
  }
  wire.position = start;
  wire.last = last;
  field.write(wire, json, end);
  json.byte(comma);
}

/**
 * A varint of up to 28 bits, times eight, plus how many bytes it takes; 0 if it is longer, or so near the end that it cannot
 * be read four bytes at a time.
 */
function shortVarint({ bytes, view }: WireReader, position: number): number {
  const first = bytes[position] ?? 0;
  if (first < 0x80) return first * 8 + 1;
  if (position + 4 > bytes.length) return 0;
  const word = view.getInt32(position, true);
  const lastBytes = ~word & 0x80808080;
  if (lastBytes === 0) return 0;
  // The top bit of the last byte, and all bits up to it.
  const topBit = 31 - Math.clz32(lastBytes & -lastBytes);
  const bits = word & (-1 >>> (31 - topBit));
  const value = (bits & 0x7f) | ((bits >>> 1) & 0x3f80) | ((bits >>> 2) & 0x1fc000) | ((bits >>> 3) & 0xfe00000);
  return (value << 3) | ((topBit + 1) >>> 3);
}
