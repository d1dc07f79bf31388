import type { CanonicalField, Kind } from './canonical-field.ts';
import { token } from './json-writer.ts';

/** Bytes of JSON that a number takes at most, with punctuation and what is overwritten behind it. */
const valueRoom = 40;

/**
 * The text of a function that writes a message while it reads it (`WriteCanonical`). For each field it has a piece of code, in
 * the order in which encoders write them, with all that is known of the field as numbers in it: nothing is looked up, which
 * made a list of 1,000 items twice as fast as a loop over a table. There is nothing but numbers in it, also for the names
 * that a schema gives its fields (`put`): they are data.
 *
 * In the function, `p` is the position in the wire bytes and `at` that in the JSON; `wire.position` and `json.position` are
 * behind, but around calls. `tag` is the tag at `p`, 0 if there is none. Whenever a field begins there is room for all plain
 * text that the rest of the message can hold, and for everything in it that has a largest size.
 */
export function canonicalSource(fields: readonly CanonicalField[]): string {
  const room = fields.reduce((sum, field) => sum + roomOf(field), valueRoom);
  const scope: Scope = {
    nextTag: `tag = p < end ? view.getUint8(p) : 0; ${fields.some(hasLongTag) ? secondByte : ''}`,
    resume: `json.reserve(end - p + ${room}); out = json.view; at = json.position;`,
  };
  return `return (wire, json, start, end) => {
    wire.enter();
    const { view } = wire;
    let p = start;
    let at = json.position;
    let out, tag, n, copied, oneofs = 0;
    ${scope.resume}
    ${putCode('{')}
    ${scope.nextTag}
    ${fields.map((field, index) => member(field, index, scope)).join('\n')}
    if (p < end) p = skipNewer(wire, p, end, ${fields.at(-1)?.number ?? 0});
    if (p !== end) return false;
    if (out.getUint8(at - 1) === ${code(',')}) at--;
    ${putCode('}')}
    json.position = at;
    wire.leave();
    return true;
  };`;
}

/** Pieces of code that all fields of a message have in common. */
interface Scope {
  /** Reads the tag at `p`. */
  readonly nextTag: string;
  /** Goes on after something else wrote JSON, or where more text may come than was reckoned with. */
  readonly resume: string;
}

const secondByte = 'if (tag >= 0x80) tag = p + 1 < end ? view.getUint16(p, true) : 0;';

function member(field: CanonicalField, index: number, scope: Scope): string {
  const { tags, oneof, absent } = field;
  const found = tags.map((tag) => `tag === ${tagBytes(tag)}`).join(' || ');
  // A second member of a oneof makes the first one void, which is not for a single pass.
  const claim = oneof === undefined ? '' : `if (oneofs & ${1 << oneof}) return false; oneofs |= ${1 << oneof};`;
  return `if (${found}) { ${claim} ${pieces[field.kind](field, index, scope)} ${scope.nextTag} }
    ${absent === undefined ? '' : `else { ${put(absent)} }`}`;
}

const pieces: Readonly<Record<Kind, (field: CanonicalField, index: number, scope: Scope) => string>> = {
  string: (field, _index, scope) => `
    ${begin(field, `${field.name}"`)}
    ${length}
    ${field.leftOut === undefined ? '' : 'if (n === 0) return false;'}
    ${text(scope)}`,
  strings: (field, _index, scope) => `
    ${put(`${field.name}[`)}
    do {
      p += ${tagSize(field)};
      json.position = at;
      ${scope.resume}
      ${putCode('"')}
      ${length}
      ${text(scope)}
      ${scope.nextTag}
    } while (tag === ${tagBytes(field.tags[0])});
    ${endList}`,
  varint: (field, index) => `
    ${begin(field, field.name)}
    ${varint(field, index, '')}
    ${putCode(',')}`,
  quotedVarint: (field, index) => `
    ${begin(field, field.name)}
    ${varint(field, index, putCode('"'))}
    ${putCode(',')}`,
  double: (field) => `
    ${begin(field, field.name)}
    ${field.leftOut === undefined ? '' : 'if (view.getFloat64(p, true) === 0) return false;'}
    n = writeShortDecimal(out, at, view.getFloat64(p, true));
    if (n >= 0) at = n;
    else {
      json.position = at;
      json.double(view.getFloat64(p, true));
      at = json.position;
    }
    p += 8;
    ${putCode(',')}`,
  names: (field, index) => `
    p += ${tagSize(field)};
    switch (view.getUint8(p++)) {
      ${writtenNames(field)
        .map(([number, name]) => `case ${number}: ${put(`${field.name}${name},`)} break;`)
        .join('\n')}
      default: ${field.isClosed ? 'return false;' : otherName(field, index)}
    }`,
  message: (field, index, scope) => `
    ${begin(field, field.name)}
    ${length}
    json.position = at;
    if (!types[${index}].write(wire, json, p, p + n)) return false;
    p += n;
    ${scope.resume}
    ${putCode(',')}`,
  messages: (field, index, scope) => `
    ${put(`${field.name}[`)}
    json.position = at;
    do {
      p += ${tagSize(field)};
      ${length}
      if (!types[${index}].write(wire, json, p, p + n)) return false;
      json.byte(${code(',')});
      p += n;
      ${scope.nextTag}
    } while (tag === ${tagBytes(field.tags[0])});
    ${scope.resume}
    ${endList}`,
  other: (field, index, scope) => `
    ${begin(field, field.name)}
    ${leave('writeOther', index)}
    ${scope.resume}
    ${putCode(',')}`,
  others: (field, index, scope) => `
    ${put(field.name)}
    ${leave('writeOthers', index)}
    ${scope.resume}
    ${putCode(',')}`,
};

/** Writes JSON text, eight bytes at a time, as the numbers that they are. */
function put(json: string): string {
  const { words, length } = token(json);
  return `${words.map((word, index) => `out.setFloat64(at + ${index * 8}, ${word}, true);`).join(' ')} at += ${length};`;
}

function putCode(character: string): string {
  return `out.setUint8(at++, ${code(character)});`;
}

function begin(field: CanonicalField, json: string): string {
  return `${put(json)} p += ${tagSize(field)};`;
}

/** A number without a name, or one that is written in more bytes than it needs. */
function otherName(field: CanonicalField, index: number): string {
  return `
    p--;
    ${put(field.name)}
    ${leave('writeOther', index)}
    out = json.view;
    at = json.position;
    ${putCode(',')}`;
}

/** Leaves a value to the field's own writer. */
function leave(writer: 'writeOther' | 'writeOthers', index: number): string {
  return `
    json.position = at;
    wire.position = p;
    if (!${writer}(fields[${index}], wire, json, end)) return false;
    p = wire.position;`;
}

/** Reads a length into `n`. */
const length = `
    n = view.getUint8(p++);
    if (n >= 0x80) {
      wire.position = p - 1;
      n = wire.length(end);
      p = wire.position;
    }`;

/** Writes `n` bytes of text, and behind them a quote and a comma. */
function text({ resume }: Scope): string {
  return `
    if (n > end - p) return false;
    copied = copyPlainText(view, p, n, out, at);
    at += copied;
    if (copied < n) {
      json.position = at;
      if (!copyText(wire, json, p + copied, p + n)) return false;
      p += n;
      ${resume}
    } else p += n;
    out.setUint16(at, ${code('"') + code(',') * 0x100}, true);
    at += 2;`;
}

/** Writes an integer; long ones are left to the field's writer, which also knows what is quoted. */
function varint({ leftOut }: CanonicalField, index: number, quote: string): string {
  return `
    n = view.getUint8(p);
    n = n < 0x80 ? n * 8 + 1 : shortVarint(view, p);
    ${leftOut === undefined ? '' : 'if (n >>> 3 === 0 && n !== 0) return false;'}
    if (n !== 0) {
      ${quote}
      at = writeInteger(out, at, n >>> 3);
      p += n & 7;
      ${quote}
    } else {
      ${leave('writeOther', index)}
      out = json.view;
      at = json.position;
    }`;
}

/** Writes a bracket in place of the last comma. */
const endList = `
    out.setUint16(at - 1, ${code(']') + code(',') * 0x100}, true);
    at++;`;

/** A value that is left out of the JSON is not written by encoders either. */
function writtenNames({ names, leftOut }: CanonicalField): readonly (readonly [number: number, name: string])[] {
  return [...names].filter(([, name]) => name !== leftOut?.toString());
}

function roomOf({ kind, name, names, absent = '' }: CanonicalField): number {
  const values = kind === 'names' ? [...names.values()] : [];
  const longest = Math.max(0, ...values.map(byteLength));
  return Math.max(byteLength(name) + longest, byteLength(absent)) + valueRoom;
}

function byteLength(json: string): number {
  return Buffer.byteLength(json);
}

function hasLongTag({ tags }: CanonicalField): boolean {
  return tags.some((tag) => tag >= 0x80);
}

function tagSize({ tags: [tag = 0] }: CanonicalField): number {
  return tag < 0x80 ? 1 : 2;
}

/** A tag as a varint, its bytes as a little-endian number. */
function tagBytes(tag = 0): number {
  return tag < 0x80 ? tag : (tag & 0x7f) + 0x80 + (tag >> 7) * 0x100;
}

function code(character: string): number {
  return character.charCodeAt(0);
}
