import type { JsonWriter } from './json-writer.ts';
import { invalidUtf8, type WireReader } from './wire-reader.ts';

const quote = 0x22;
const backslash = 0x5c;

/** Bytes behind text that may be overwritten when words are written. */
const wordSlack = 4;

/** What follows the backslash for a byte below 32 that JSON has a short form for; 0 for others. */
const shortEscapes = Uint8Array.from({ length: 32 }, (_, byte) => {
  const index = '\b\t\n\f\r'.indexOf(String.fromCharCode(byte));
  return 'btnfr'.charCodeAt(index) || 0;
});
const hexDigits = Buffer.from('0123456789abcdef');

/** The UTF-8 text in a length-delimited value as a JSON string; invalid UTF-8 fails. */
export function writeString(wire: WireReader, json: JsonWriter, end: number): void {
  const length = wire.length(end);
  const start = wire.position;
  if (!copyString(wire, json, start, start + length)) wire.fail(invalidUtf8);
  wire.position = start + length;
}

/** As writeString, for a field without utf8_validation: what is not UTF-8 becomes U+FFFD. */
export function writeLenientString(wire: WireReader, json: JsonWriter, end: number): void {
  const length = wire.length(end);
  const start = wire.position;
  const before = json.position;
  if (!copyString(wire, json, start, start + length)) {
    json.position = before;
    json.string(new TextDecoder('utf-8', { ignoreBOM: true }).decode(wire.bytes.subarray(start, start + length)));
  }
  wire.position = start + length;
}

/** Copies text between quotes; false if it is not UTF-8. */
function copyString(wire: WireReader, json: JsonWriter, start: number, end: number): boolean {
  json.byte(quote);
  const isText = copyText(wire, json, start, end);
  json.byte(quote);
  return isText;
}

/** Copies text, escaped, and checks that it is UTF-8 on the way; false if it is not. */
export function copyText(wire: WireReader, json: JsonWriter, start: number, end: number): boolean {
  json.reserve(end - start + wordSlack);
  const { bytes, view } = wire;
  let out = json.bytes;
  let outView = json.view;
  let at = json.position;
  let position = start;
  while (position < end) {
    const copied = copyPlainText(view, position, end - position, outView, at);
    at += copied;
    position += copied;
    if (position === end) break;
    const byte = bytes[position] ?? 0;
    if (byte >= 0x80) {
      const length = sequenceLength(bytes, position, end);
      if (length === 0) return false;
      for (const stop = position + length; position < stop; ) out[at++] = bytes[position++] ?? 0;
    } else {
      position++;
      json.position = at;
      json.reserve(end - position + wordSlack + 6);
      out = json.bytes;
      outView = json.view;
      at += writeEscape(out, at, byte);
    }
  }
  json.position = at;
  return true;
}

/**
 * Copies text up to the first byte that is a control character, a quote, a backslash or outside ASCII; returns how many bytes.
 * The hot loop of an answer: four bytes at a time. In a 32-bit word of bytes below 0x80, `w - 0x20202020` has a top bit set
 * where a byte is below 0x20, and `(w ^ 0x22222222) - 0x01010101` where a byte is 0x22; it may have more set above the first.
 */
export function copyPlainText(from: DataView, start: number, length: number, to: DataView, at: number): number {
  const wholeWords = length & ~3;
  let copied = 0;
  for (; copied < wholeWords; copied += 4) {
    const word = from.getInt32(start + copied, true);
    const special =
      (word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101) | word;
    if ((special & 0x80808080) !== 0) break;
    to.setInt32(at + copied, word, true);
  }
  for (; copied < length; copied++) {
    const byte = from.getUint8(start + copied);
    if (byte < 0x20 || byte === quote || byte === backslash || byte >= 0x80) break;
    to.setUint8(at + copied, byte);
  }
  return copied;
}

function writeEscape(out: Uint8Array, at: number, byte: number): number {
  out[at] = backslash;
  if (byte >= 0x20) {
    out[at + 1] = byte;
    return 2;
  }
  const short = shortEscapes[byte] ?? 0;
  if (short !== 0) {
    out[at + 1] = short;
    return 2;
  }
  out[at + 1] = 0x75;
  out[at + 2] = 0x30;
  out[at + 3] = 0x30;
  out[at + 4] = hexDigits[byte >> 4] ?? 0;
  out[at + 5] = hexDigits[byte & 15] ?? 0;
  return 6;
}

/** Bytes of the UTF-8 sequence that begins at a byte above 0x7f; 0 if it is none (The Unicode Standard, table 3-7). */
function sequenceLength(bytes: Uint8Array, position: number, end: number): number {
  const first = bytes[position] ?? 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || position + length > end) return 0;
  const second = bytes[position + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if (((bytes[position + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
