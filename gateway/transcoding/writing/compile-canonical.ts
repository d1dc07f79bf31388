import type { CanonicalField, WriteCanonical } from './canonical-field.ts';
import { canonicalSource } from './canonical-source.ts';
import type { JsonWriter } from './json-writer.ts';
import { writeInteger, writeShortDecimal } from './number-text.ts';
import type { WireReader } from './wire-reader.ts';
import { copyPlainText, copyText } from './write-string.ts';

/** Makes the function of a message type. Its text holds numbers only (canonical-source.ts). */
export function compileCanonical(fields: readonly CanonicalField[]): WriteCanonical {
  const scope: Scope = {
    fields,
    types: fields.map(({ message }) => message),
    copyPlainText,
    copyText,
    shortVarint,
    skipNewer,
    writeInteger,
    writeOther,
    writeOthers,
    writeShortDecimal,
  };
  const names = Object.keys(scope).join(', ');
  const create = new Function('scope', `'use strict'; const { ${names} } = scope; ${canonicalSource(fields)}`);
  return create(scope);
}

/** What the text of a function calls by these names. */
interface Scope {
  readonly fields: readonly CanonicalField[];
  readonly types: readonly CanonicalField['message'][];
  readonly copyPlainText: typeof copyPlainText;
  readonly copyText: typeof copyText;
  readonly shortVarint: typeof shortVarint;
  readonly skipNewer: typeof skipNewer;
  readonly writeInteger: typeof writeInteger;
  readonly writeOther: typeof writeOther;
  readonly writeOthers: typeof writeOthers;
  readonly writeShortDecimal: typeof writeShortDecimal;
}

/** Writes a single value at `wire.position` by the field's own writer; false if it is one that is left out. */
function writeOther(field: CanonicalField, wire: WireReader, json: JsonWriter, end: number): boolean {
  const start = wire.position;
  wire.skip(field.tags[0] ?? 0, end);
  return writeMember(field, wire, json, { start, last: start, end });
}

/** The same for all elements of a list or map, which follow each other; the first tag is at `wire.position`. */
function writeOthers(field: CanonicalField, wire: WireReader, json: JsonWriter, end: number): boolean {
  const start = wire.position;
  const tag = wire.tag(end);
  let last = start;
  wire.skip(tag, end);
  while (wire.isTagAt(wire.position, end, tag)) {
    last = wire.position;
    wire.tag(end);
    wire.skip(tag, end);
  }
  return writeMember(field, wire, json, { start, last, end });
}

interface Occurrences {
  readonly start: number;
  /** Where the last one begins. */
  readonly last: number;
  readonly end: number;
}

function writeMember(field: CanonicalField, wire: WireReader, json: JsonWriter, occurrences: Occurrences): boolean {
  const { position } = json;
  wire.position = occurrences.start;
  wire.last = occurrences.last;
  field.write(wire, json, occurrences.end);
  return field.leftOut === undefined || !json.isSince(position, field.leftOut);
}

/** Moves past fields whose numbers are above those that are known; -1 if there is another one. */
function skipNewer(wire: WireReader, start: number, end: number, lastNumber: number): number {
  wire.position = start;
  while (wire.position < end) {
    const tag = wire.tag(end);
    if (tag >>> 3 <= lastNumber) return -1;
    wire.skip(tag, end);
  }
  return wire.position;
}

/**
 * A varint of up to 28 bits, times eight, plus how many bytes it takes; 0 if it is longer, or so near the end that it cannot
 * be read four bytes at a time.
 */
function shortVarint(view: DataView, position: number): number {
  if (position + 4 > view.byteLength) return 0;
  const word = view.getInt32(position, true);
  const lastBytes = ~word & 0x80808080;
  if (lastBytes === 0) return 0;
  // The top bit of the last byte, and all bits up to it.
  const topBit = 31 - Math.clz32(lastBytes & -lastBytes);
  const bits = word & (-1 >>> (31 - topBit));
  const value = (bits & 0x7f) | ((bits >>> 1) & 0x3f80) | ((bits >>> 2) & 0x1fc000) | ((bits >>> 3) & 0xfe00000);
  return (value << 3) | ((topBit + 1) >>> 3);
}
