import { unescaped } from '../writing/json-escapes.ts';
import type { JsonReader } from './json-reader.ts';
import type { WireWriter } from './wire-writer.ts';

const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;

/** A JSON string as a length-delimited value; returns how many bytes of text it has. */
export function readString(json: JsonReader, wire: WireWriter): number {
  const start = wire.beginLength(1);
  copyString(json, wire);
  const length = wire.position - start;
  wire.endLength(start, 1);
  return length;
}

/**
 * Copies the text of a JSON string. The hot loop of a request: four bytes at a time while none of them is a control
 * character, a quote or a backslash. See copyString in write-string.ts; bytes outside ASCII need no look here, since the text
 * as a whole is known to be UTF-8 (`& ~word` leaves them out).
 */
function copyString(json: JsonReader, wire: WireWriter): void {
  const { bytes, view } = json;
  const { length } = bytes;
  let { position } = json;
  if (bytes[position] !== quote) json.expected('string');
  const start = position++;
  // Text is never longer than the JSON of it.
  wire.reserve(length - position + 4);
  const { bytes: out, view: outView } = wire;
  let at = wire.position;
  for (;;) {
    while (position + 4 <= length) {
      const word = view.getInt32(position, true);
      const special =
        ((word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & ~word;
      if ((special & 0x80808080) !== 0) break;
      outView.setInt32(at, word, true);
      at += 4;
      position += 4;
    }
    const byte = bytes[position] ?? 0;
    if (byte === quote) break;
    if (byte === backslash) {
      wire.position = at;
      position = copyEscape(json, wire, position, start);
      at = wire.position;
    } else if (byte < 0x20) json.syntaxError(position);
    else {
      out[at++] = byte;
      position++;
    }
  }
  wire.position = at;
  json.position = position + 1;
}

/** Copies what an escape stands for; returns the position behind it. */
function copyEscape(json: JsonReader, wire: WireWriter, position: number, stringStart: number): number {
  const kind = json.bytes[position + 1] ?? 0;
  if (kind !== letterU) {
    const byte = unescaped(kind);
    if (byte === 0) json.syntaxError(position + 1);
    wire.byte(byte);
    return position + 2;
  }
  const unit = json.codeUnit(position + 2);
  if (unit < 0xd800 || unit > 0xdfff) {
    wire.codePoint(unit);
    return position + 6;
  }
  const hasSecond = json.bytes[position + 6] === backslash && json.bytes[position + 7] === letterU;
  const second = hasSecond ? json.codeUnit(position + 8) : 0;
  if (unit > 0xdbff || second < 0xdc00 || second > 0xdfff)
    json.fail('a string has half of a surrogate pair', stringStart);
  wire.codePoint(0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00));
  return position + 12;
}

/** Six bits for each character of base64 and base64url, 64 for any other. */
const sixBits = Uint8Array.from({ length: 256 }, (_, code) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const index = alphabet.indexOf(String.fromCharCode(code).replace('-', '+').replace('_', '/'));
  return index < 0 ? 64 : index;
});

/** base64 or base64url, with or without padding, as a length-delimited value; returns how many bytes it has. */
export function readBytes(json: JsonReader, wire: WireWriter): number {
  const start = json.position;
  if (json.bytes[start] !== quote) json.expected('base64');
  const escaped = json.skipString();
  const after = json.position;
  let text = json.bytes.subarray(start + 1, after - 1);
  if (escaped) {
    json.position = start;
    text = Buffer.from(json.text());
  }
  const valueStart = wire.beginLength(1);
  if (!decodeBase64(text, wire)) json.expected('base64', start);
  const length = wire.position - valueStart;
  wire.endLength(valueStart, 1);
  return length;
}

function decodeBase64(text: Uint8Array, wire: WireWriter): boolean {
  let end = text.length;
  if (end % 4 === 0 && text[end - 1] === 0x3d) end -= text[end - 2] === 0x3d ? 2 : 1;
  if (end % 4 === 1) return false;
  wire.reserve(end);
  const { bytes } = wire;
  let bits = 0;
  let count = 0;
  for (let i = 0; i < end; i++) {
    const six = sixBits[text[i] ?? 0] ?? 64;
    if (six === 64) return false;
    bits = (bits << 6) | six;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[wire.position++] = (bits >> count) & 0xff;
    }
  }
  return true;
}
