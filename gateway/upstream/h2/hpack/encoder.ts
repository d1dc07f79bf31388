import { huffmanEncode, huffmanLength } from './huffman.ts';
import { fieldBytes, staticTable } from './static-table.ts';

/** The largest table that this encoder makes use of, whatever the server would allow. */
export const encoderTableBytes = 4096;

/** What the encoder knows of a header's name. Entries are named by the number of their insertion, the first is 0. */
interface KnownName {
  /** Index in the static table, 0: not there. */
  readonly staticIndex: number;
  readonly neverIndexed: boolean;
  /** The value last inserted, and by which insertion; -1: none. */
  indexedValue: string;
  insertion: number;
  /** The value last seen without being inserted. */
  lastValue: string | undefined;
}

/**
 * Writes header blocks (RFC 7541) with a dynamic table. A value that comes twice in a row is inserted, and from then on
 * its header costs a byte or two; a value that changes with every call (a trace id) never pushes others out. Names that
 * the static table lacks are inserted at once. Texts are Huffman coded where they are inserted, that is once; where they
 * are sent only now, the bytes saved would not pay for the work.
 */
export class HpackEncoder {
  /** The block under way: `bytes` up to `length`. */
  bytes = Buffer.allocUnsafeSlow(1024);
  length = 0;
  /** Changes with the table: while it stands still, an indexed header is encoded to the same bytes. */
  version = 0;
  readonly #names = new Map<string, KnownName>();
  /** Sizes of the entries in the table, by insertion modulo its length. */
  readonly #sizes = new Uint32Array(128);
  #insertions = 0;
  #evicted = 0;
  #tableBytes = 0;
  #maxTableBytes = encoderTableBytes;
  /** The smallest size since the last block, which must be told before the present one (section 4.2). */
  #smallestResize: number | undefined;

  /** The server's SETTINGS_HEADER_TABLE_SIZE. */
  setTableSize(bytes: number): void {
    const size = Math.min(bytes, encoderTableBytes);
    if (size === this.#maxTableBytes) return;
    this.#maxTableBytes = size;
    this.#smallestResize = Math.min(this.#smallestResize ?? this.#maxTableBytes, this.#maxTableBytes);
    this.#evict(this.#maxTableBytes);
    this.version += 1;
  }

  /** Begins a block. */
  begin(): void {
    this.length = 0;
    if (this.#smallestResize === undefined) return;
    this.#reserve(16);
    this.#integer(0x20, 0x1f, this.#smallestResize);
    if (this.#smallestResize !== this.#maxTableBytes) this.#integer(0x20, 0x1f, this.#maxTableBytes);
    this.#smallestResize = undefined;
  }

  /** Appends bytes that this encoder wrote at the same version. */
  append(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    for (let i = 0; i < encoded.length; i++) this.bytes[this.length++] = encoded[i] ?? 0;
  }

  /** Appends one header: the name in lower case, both texts of characters up to 0xff. */
  field(name: string, value: string): void {
    const known = this.#names.get(name) ?? this.#learn(name);
    const stands = known.insertion >= this.#evicted;
    if (stands && known.indexedValue === value) {
      this.#reserve(8);
      this.#integer(0x80, 0x7f, this.#indexOf(known.insertion));
      return;
    }
    const nameIndex = stands ? this.#indexOf(known.insertion) : known.staticIndex;
    // Room for both texts, each with its length in front.
    this.#reserve(name.length + value.length + 24);
    if (known.neverIndexed) {
      this.#literal(0x10, 0x0f, nameIndex, name, value, false);
    } else if (this.#deservesEntry(known, nameIndex, name, value)) {
      this.#literal(0x40, 0x3f, nameIndex, name, value, true);
      this.#insert(known, name, value);
    } else {
      known.lastValue = value;
      this.#literal(0x00, 0x0f, nameIndex, name, value, false);
    }
  }

  #deservesEntry(known: KnownName, nameIndex: number, name: string, value: string): boolean {
    // A quarter of the table at most, or one long header would push out all others.
    if (fieldBytes(name, value) > this.#maxTableBytes / 4) return false;
    return nameIndex === 0 || known.lastValue === value;
  }

  #insert(known: KnownName, name: string, value: string): void {
    const bytes = fieldBytes(name, value);
    this.#evict(this.#maxTableBytes - bytes);
    known.insertion = this.#insertions;
    known.indexedValue = value;
    this.#sizes[this.#insertions % this.#sizes.length] = bytes;
    this.#insertions += 1;
    this.version += 1;
    this.#tableBytes += bytes;
  }

  #evict(bytes: number): void {
    while (this.#tableBytes > bytes && this.#evicted < this.#insertions) {
      this.#tableBytes -= this.#sizes[this.#evicted % this.#sizes.length] ?? 0;
      this.#evicted += 1;
    }
  }

  #indexOf(insertion: number): number {
    return staticTable.length + this.#insertions - insertion;
  }

  #learn(name: string): KnownName {
    // Names come from clients too: beyond this many they are learnt afresh.
    if (this.#names.size >= maxNames) this.#names.clear();
    const known: KnownName = {
      staticIndex: staticTable.findIndex((field) => field[0] === name) + 1,
      neverIndexed: secrets.has(name),
      indexedValue: '',
      insertion: -1,
      lastValue: undefined,
    };
    this.#names.set(name, known);
    return known;
  }

  #literal(pattern: number, prefix: number, nameIndex: number, name: string, value: string, compact: boolean): void {
    this.#integer(pattern, prefix, nameIndex);
    if (nameIndex === 0) this.#text(name, compact);
    this.#text(value, compact);
  }

  #text(text: string, compact: boolean): void {
    const huffmanBytes = compact ? huffmanLength(text) : text.length;
    if (huffmanBytes < text.length) {
      this.#integer(0x80, 0x7f, huffmanBytes);
      this.length = huffmanEncode(text, this.bytes, this.length);
      return;
    }
    this.#integer(0x00, 0x7f, text.length);
    // A call into C++ pays for itself only with longer texts.
    if (text.length > 24) {
      this.length += this.bytes.write(text, this.length, text.length, 'latin1');
    } else {
      for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
    }
  }

  /** RFC 7541, section 5.1. */
  #integer(pattern: number, prefix: number, value: number): void {
    if (value < prefix) {
      this.bytes[this.length++] = pattern | value;
      return;
    }
    this.bytes[this.length++] = pattern | prefix;
    let rest = value - prefix;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.length++] = (rest & 0x7f) | 0x80;
    this.bytes[this.length++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow((this.length + bytes) * 2);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

const maxNames = 1000;

/** Values that no one shall be able to guess by the size of what is sent (RFC 7541, section 7.1). */
const secrets: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);
