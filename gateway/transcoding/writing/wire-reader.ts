import { isUtf8 } from 'node:buffer';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { maxDepth } from '../codec.ts';
import type { JsonWriter } from './json-writer.ts';

/** Wire types (https://protobuf.dev/programming-guides/encoding/#structure). */
export const WireType = { varint: 0, fixed64: 1, length: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Writes the value at the reader's position as JSON and moves past it. */
export type WriteValue = (wire: WireReader, json: JsonWriter, end: number) => void;

/** Writes the message whose fields lie between two positions. */
export type WriteMessage = (wire: WireReader, json: JsonWriter, start: number, end: number) => void;

export const invalidUtf8 = 'a string is not valid UTF-8';
const longVarint = 'a varint is longer than 64 bits';

/** How often messages are written in one pass in vain (`tryCanonical`) before no more of one text are: each time takes as long. */
const mostAttempts = 8;

/** Bytes of repeated occurrences of a message that may be put together while one message is written, as a multiple of its size. */
const mergeFactor = 8;

/**
 * A position in protobuf wire bytes, and the open messages around it.
 *
 * `tag`, `length` and `skip` check what they read against the end that is given to them. The others do not: a message is
 * first scanned as a whole (scan-message.ts), after which every value in it is known to lie within its bounds.
 */
export class WireReader {
  bytes: Uint8Array = new Uint8Array();
  view = new DataView(this.bytes.buffer);
  position = 0;
  /** Where the last occurrence of the field begins that is about to be written. */
  last = 0;
  /** Upper half of what `varint64`, `zigzag64` and `fixed64` have read; they return the lower half. */
  high = 0;
  /** Where the fields of the open messages stand: a stack, two entries a field (scan-message.ts). */
  slots = new Int32Array(512);
  slotCount = 0;
  /** How many messages are open around the position. */
  depth = 0;
  #mergeable = 0;
  #typeName = '';
  /** What is written now will be taken back (`discard`). */
  discarding = false;
  /** How often it may still be tried in vain to write a message in one pass. */
  attempts = 0;

  /** `typeName` is for messages of errors. */
  open(bytes: Uint8Array, typeName: string): void {
    this.#typeName = typeName;
    this.use(bytes);
    this.position = 0;
    this.slotCount = 0;
    this.depth = 0;
    this.discarding = false;
    this.attempts = mostAttempts;
    this.#mergeable = bytes.length * mergeFactor;
  }

  fail(reason: string): never {
    throw new StatusError(Code.INTERNAL, `${this.#typeName} cannot be read: ${reason}`);
  }

  /** The message is whole, but has no JSON form. */
  refuse(reason: string): void {
    if (!this.discarding)
      throw new StatusError(Code.INTERNAL, `${this.#typeName} cannot be written as JSON: ${reason}`);
  }

  /**
   * Writes a value that a later one supersedes, and takes it back: its wire bytes have to be valid, but it need not have a
   * JSON form.
   */
  discard(json: JsonWriter, write: WriteValue, end: number): void {
    const { position } = json;
    const outer = this.discarding;
    this.discarding = true;
    write(this, json, end);
    this.discarding = outer;
    json.position = position;
  }

  enter(): void {
    if (++this.depth > maxDepth) this.fail(`nested more than ${maxDepth} levels deep`);
  }

  leave(): void {
    this.depth--;
  }

  /** Room for `count` slots, all empty; returns the first. */
  takeSlots(count: number): number {
    const first = this.slotCount;
    this.slotCount = first + count;
    if (this.slotCount > this.slots.length) {
      const grown = new Int32Array(Math.max(this.slotCount, this.slots.length * 2));
      grown.set(this.slots);
      this.slots = grown;
    }
    const { slots, slotCount } = this;
    for (let i = first; i < slotCount; i++) slots[i] = -1;
    return first;
  }

  /** Moves to the first occurrence of a slot's field; false if there is none. */
  seek(slot: number): boolean {
    const { slots } = this;
    const at = slots[slot] ?? -1;
    if (at < 0) return false;
    this.position = at;
    this.last = slots[slot + 1] ?? at;
    return true;
  }

  /**
   * Writes a message whose fields lie in several ranges: occurrences of one message field, put together, are that message
   * merged (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
   */
  writeMerged(ranges: readonly (readonly [start: number, end: number])[], json: JsonWriter, write: WriteMessage): void {
    const { bytes } = this;
    const merged = Buffer.concat(ranges.map(([start, end]) => bytes.subarray(start, end)));
    this.#mergeable -= merged.length;
    if (this.#mergeable < 0) this.fail('its fields are split up too often');
    this.use(merged);
    write(this, json, 0, merged.length);
    this.use(bytes);
  }

  /** A tag, as on the wire: field number * 8 + wire type. */
  tag(end: number): number {
    const first = this.bytes[this.position] ?? 0;
    if (first > 7 && first < 0x80 && this.position < end) {
      this.position++;
      return first;
    }
    return this.#longTag(end);
  }

  #longTag(end: number): number {
    const { bytes } = this;
    let tag = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.position >= end) this.fail('it ends within a tag');
      const byte = bytes[this.position++] ?? 0;
      if (shift === 28 && byte > 0x0f) break;
      tag |= (byte & 0x7f) << shift;
      if (byte < 0x80) return tag >>> 3 === 0 ? this.fail('field number 0') : tag >>> 0;
    }
    return this.fail('a tag is longer than 32 bits');
  }

  /** Whether a tag of at most two bytes stands at a position. */
  isTagAt(position: number, end: number, tag: number): boolean {
    const { bytes } = this;
    if (tag < 0x80) return position < end && bytes[position] === tag;
    return position + 1 < end && bytes[position] === ((tag & 0x7f) | 0x80) && bytes[position + 1] === tag >> 7;
  }

  /** A length, which does not reach past the end. */
  length(end: number): number {
    const { bytes } = this;
    let length = bytes[this.position++] ?? 0;
    if (length >= 0x80) {
      length -= 0x80;
      let byte = 0x80;
      for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
        if (this.position >= end || factor > 2 ** 63) this.fail('it ends within a length');
        byte = bytes[this.position++] ?? 0;
        length += (byte & 0x7f) * factor;
      }
    }
    if (this.position + length > end) this.fail('it ends within a value');
    return length;
  }

  /** Moves past the value of a tag; past a group with its end tag. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case WireType.varint:
        this.#skipVarint(end);
        break;
      case WireType.fixed64:
        this.position += 8;
        break;
      case WireType.length: {
        const length = this.length(end);
        this.position += length;
        break;
      }
      case WireType.startGroup:
        this.skipGroup(tag, end);
        break;
      case WireType.fixed32:
        this.position += 4;
        break;
      default:
        this.fail(`wire type ${tag & 7} where a value should be`);
    }
    if (this.position > end) this.fail('it ends within a value');
  }

  /** Moves past a group and its end tag; returns where the end tag begins. */
  skipGroup(startTag: number, end: number): number {
    this.enter();
    for (;;) {
      const before = this.position;
      const tag = this.tag(end);
      if ((tag & 7) === WireType.endGroup) {
        if (tag !== startTag + 1) this.fail('a group ends that was not begun');
        this.leave();
        return before;
      }
      this.skip(tag, end);
    }
  }

  #skipVarint(end: number): void {
    const { bytes } = this;
    const longest = Math.min(end, this.position + 10);
    while (this.position < longest) if ((bytes[this.position++] ?? 0) < 0x80) return;
    this.fail(longest === end ? 'it ends within a value' : longVarint);
  }

  /** The lower 32 bits of a varint, unsigned. */
  varint32(): number {
    const { bytes } = this;
    let byte = bytes[this.position++] ?? 0;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 63) this.fail(longVarint);
      byte = bytes[this.position++] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
    }
    return value >>> 0;
  }

  /** Lower half of a varint; `high` is the upper one. Both signed. */
  varint64(): number {
    const { bytes } = this;
    let low = 0;
    let high = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      if (shift > 63) this.fail(longVarint);
      byte = bytes[this.position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
    }
    this.high = high;
    return low;
  }

  zigzag64(): number {
    const low = this.varint64();
    const sign = -(low & 1);
    const { high } = this;
    this.high = (high >>> 1) ^ sign;
    return ((low >>> 1) | (high << 31)) ^ sign;
  }

  fixed64(): number {
    const { position } = this;
    this.position += 8;
    this.high = this.view.getInt32(position + 4, true);
    return this.view.getInt32(position, true);
  }

  /** A length-delimited string. */
  text(end: number): string {
    const length = this.length(end);
    const bytes = this.bytes.subarray(this.position, this.position + length);
    if (!isUtf8(bytes)) this.fail(invalidUtf8);
    this.position += length;
    return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString();
  }

  /** Reads from other bytes. */
  use(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
