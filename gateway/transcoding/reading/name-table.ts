import type { JsonReader } from './json-reader.ts';

const quote = 0x22;
const backslash = 0x5c;

interface Entry {
  readonly name: Uint8Array;
  readonly value: number;
}

/** A name in quotes as little-endian words, so that comparing takes a fourth of the steps; of the last one some bytes count. */
interface QuotedName {
  readonly words: Int32Array;
  readonly lastMask: number;
  readonly length: number;
}

function quotedName(text: string): QuotedName {
  const bytes = Buffer.from(JSON.stringify(text));
  const padded = Buffer.alloc((bytes.length + 3) & ~3);
  bytes.copy(padded);
  const words = Int32Array.from({ length: padded.length / 4 }, (_, i) => padded.readInt32LE(i * 4));
  return { words, lastMask: -1 >>> ((padded.length - bytes.length) * 8), length: bytes.length };
}

/** Whether a name stands at the reader's position; false, too, if it stands so near the end that it cannot be read in words. */
function isAt({ bytes, view, position }: JsonReader, { words, lastMask }: QuotedName): boolean {
  const last = words.length - 1;
  if (position + last * 4 + 4 > bytes.length) return false;
  for (let i = 0; i < last; i++) if (view.getInt32(position + i * 4, true) !== words[i]) return false;
  return (view.getInt32(position + last * 4, true) & lastMask) === words[last];
}

/** Finds names that stand in JSON text, without making strings of them: keys of fields, names of enum values. */
export class NameTable {
  readonly #names: ReadonlyMap<string, number>;
  /** By hash; a power of two of them. */
  readonly #buckets: readonly (readonly Entry[])[];
  /** By value: the first name given for it, in quotes, which is tried first where it is expected. */
  readonly #quoted: readonly (QuotedName | undefined)[];

  /** Names and the values to find them by, which are not negative. Where a name comes twice, the later value holds. */
  constructor(names: readonly (readonly [name: string, value: number])[]) {
    this.#names = new Map(names);
    const size = 2 ** Math.ceil(Math.log2(this.#names.size + 1));
    const buckets = Array.from({ length: size }, (): Entry[] => []);
    const quoted: (QuotedName | undefined)[] = [];
    for (const [text, value] of this.#names) {
      const name = Buffer.from(text);
      buckets[hashOf(name) & (size - 1)]?.push({ name, value });
      quoted[value] ??= quotedName(text);
    }
    this.#buckets = buckets;
    this.#quoted = quoted;
  }

  /** Reads a string; returns the value of that name, or -1. `expected` is the value that is likely. */
  read(json: JsonReader, expected: number): number {
    const { bytes, position } = json;
    const likely = this.#quoted[expected];
    if (likely !== undefined && isAt(json, likely)) {
      json.position = position + likely.length;
      return expected;
    }
    let hash = 0;
    let end = position + 1;
    for (let byte = bytes[end] ?? 0; byte !== quote; byte = bytes[++end] ?? 0) {
      if (byte === backslash || byte < 0x20) return this.#names.get(json.text()) ?? -1;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    json.position = end + 1;
    const bucket = this.#buckets[hash & (this.#buckets.length - 1)] ?? [];
    for (const { name, value } of bucket) {
      if (name.length === end - position - 1 && startsWith(bytes, position + 1, name)) return value;
    }
    return -1;
  }
}

function hashOf(name: Uint8Array): number {
  let hash = 0;
  for (const byte of name) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}

function startsWith(bytes: Uint8Array, position: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[position + i] !== name[i]) return false;
  return true;
}
