import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { writeBase64 } from './base64-text.ts';
import { writeInteger, writeShortDecimal } from './number-text.ts';

/**
 * JSON text that is written often: held as words of eight bytes, so that copying takes few steps. UTF-8 text never has the bits
 * of a NaN, which need not stay as they are when they are copied.
 */
export interface Token {
  readonly text: string;
  readonly words: readonly number[];
  readonly length: number;
}

export function token(text: string): Token {
  const bytes = Buffer.from(text);
  const padded = Buffer.alloc((bytes.length + 7) & ~7);
  bytes.copy(padded);
  const words = Array.from({ length: padded.length / 8 }, (_, i) => padded.readDoubleLE(i * 8));
  return { text, words, length: bytes.length };
}

/** Writes a token; up to seven bytes behind it are overwritten. Returns the position behind it. */
function writeToken(out: DataView, at: number, { words, length }: Token): number {
  for (let i = 0; i < words.length; i++) out.setFloat64(at + i * 8, words[i] ?? 0, true);
  return at + length;
}

const initialSize = 1 << 16;
/** A buffer that had to grow past this is not kept for further messages, and no more of them than this. */
const keptSize = 1 << 20;
const keptCount = 8;
/** Largest JSON text of one message: a few wire bytes can stand for a long object of defaults. */
const maxSize = 1 << 28;

/** Up to so many bytes become base64 faster here than by Node. */
const shortBytes = 256;

const quote = 0x22;
const zero = 0x30;

/** UTF-8 JSON text that grows at its end. Each method makes room for what it writes. */
export class JsonWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(initialSize);
  view = new DataView(this.bytes.buffer);
  position = 0;
  /** Somebody reads from `bytes`, which then is not written any more. */
  #isLent = false;
  /** Buffers that were lent and came back. */
  readonly #kept: Buffer[] = [];

  /**
   * All that was written. The bytes stay as they are until `release` takes them back, which may be left out: making and
   * collecting a buffer for each message of 100 KB took as long as writing its JSON.
   */
  lend(): Buffer {
    const text = this.bytes.subarray(0, this.position);
    if (this.bytes.length > keptSize) this.#use(Buffer.allocUnsafeSlow(initialSize));
    else this.#isLent = true;
    return text;
  }

  /** Nobody reads what `lend` gave any more. */
  release({ buffer }: Buffer): void {
    if (buffer === this.bytes.buffer) this.#isLent = false;
    else if (this.#kept.length < keptCount && buffer.byteLength <= keptSize) this.#kept.push(Buffer.from(buffer));
  }

  reset(): void {
    this.position = 0;
    if (!this.#isLent && this.bytes.length <= keptSize) return;
    this.#isLent = false;
    this.#use(this.#kept.pop() ?? Buffer.allocUnsafeSlow(initialSize));
  }

  /** Room for `count` more bytes. Another buffer may be in `bytes` and `view` afterwards. */
  reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.#grow(this.position + count);
  }

  #grow(size: number): void {
    if (size > maxSize) throw new StatusError(Code.INTERNAL, `the JSON of the message is larger than ${maxSize} bytes`);
    const grown = Buffer.allocUnsafeSlow(Math.max(size, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.#use(grown);
  }

  #use(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  byte(code: number): void {
    this.reserve(1);
    this.bytes[this.position++] = code;
  }

  token(text: Token): void {
    this.reserve(text.length + 7);
    this.position = writeToken(this.view, this.position, text);
  }

  /** Text that needs no escapes and is ASCII. */
  ascii(text: string): void {
    this.reserve(text.length);
    const { bytes } = this;
    let { position } = this;
    for (let i = 0; i < text.length; i++) bytes[position++] = text.charCodeAt(i);
    this.position = position;
  }

  /** Any text, quoted. */
  string(text: string): void {
    this.#text(JSON.stringify(text));
  }

  /** Writes the JSON text that is there anew, with line breaks and so many spaces a level. */
  indent(spaces: number): void {
    const json = JSON.parse(this.bytes.toString('utf8', 0, this.position));
    this.position = 0;
    this.#text(JSON.stringify(json, null, spaces));
  }

  #text(text: string): void {
    this.reserve(text.length * 3);
    this.position += this.bytes.write(text, this.position);
  }

  /** Whether all that was written since a position is this. */
  isSince(position: number, text: Uint8Array): boolean {
    return (
      this.position - position === text.length &&
      this.bytes.compare(text, 0, text.length, position, this.position) === 0
    );
  }

  /** Writes a closing bracket in place of the comma after the last member. */
  close(code: number): void {
    if (this.bytes[this.position - 1] === 0x2c) this.position--;
    this.byte(code);
  }

  /** A whole number within ±2^53. */
  integer(value: number): void {
    this.reserve(24);
    this.position = writeInteger(this.view, this.position, value);
  }

  /** `count` digits of a number below 2^31, with zeros in front. */
  digits(value: number, count: number): void {
    this.reserve(count);
    const { bytes } = this;
    let rest = value | 0;
    for (let i = this.position + count - 1; i >= this.position; i--) {
      const tenth = (rest / 10) | 0;
      bytes[i] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.position += count;
  }

  /** A signed 64-bit integer, quoted. */
  int64(low: number, high: number): void {
    this.byte(quote);
    // -2^53 and above, below 2^53: exact as a number.
    if (high >= -0x20_0000 && high < 0x20_0000) this.integer(high * 0x1_0000_0000 + (low >>> 0));
    else this.ascii(((BigInt(high) << 32n) | BigInt(low >>> 0)).toString());
    this.byte(quote);
  }

  /** An unsigned 64-bit integer, quoted. */
  uint64(low: number, high: number): void {
    this.byte(quote);
    if (high >= 0 && high < 0x20_0000) this.integer(high * 0x1_0000_0000 + (low >>> 0));
    else this.ascii(((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString());
    this.byte(quote);
  }

  double(value: number): void {
    this.reserve(24);
    const end = writeShortDecimal(this.view, this.position, value);
    if (end >= 0) this.position = end;
    else if (Number.isFinite(value)) this.#longDouble(value);
    else this.ascii(`"${value}"`);
  }

  #longDouble(value: number): void {
    if (Number.isSafeInteger(value) && value !== 0) this.integer(value);
    else this.ascii(value === 0 ? '-0' : String(value));
  }

  /** A float in the fewest digits that give the same float again. */
  float(value: number): void {
    // Up to 2^24 integers have their own digits only; past it there may be shorter ones.
    const isExact = Number.isInteger(value) && value >= -0x100_0000 && value <= 0x100_0000;
    if (isExact || !Number.isFinite(value)) this.double(value);
    else this.double(shortestFloat(value));
  }

  base64(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.reserve(Math.ceil(size / 3) * 4 + 2);
    this.bytes[this.position++] = quote;
    if (size <= shortBytes) this.position = writeBase64(this.bytes, this.position, bytes, start, end);
    else {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, size).toString('base64');
      this.position += this.bytes.write(text, this.position, 'latin1');
    }
    this.bytes[this.position++] = quote;
  }
}

function shortestFloat(value: number): number {
  // No two decimals of up to six digits are the same float, so one that is this float is the shortest.
  let scale = 1e6;
  for (let rest = Math.abs(value); rest >= 1; rest /= 10) scale /= 10;
  const short = Math.round(value * scale) / scale;
  if (scale >= 1 && Math.fround(short) === value) return short;
  for (let precision = Math.abs(value) < 1.2e-38 ? 1 : 6; precision < 9; precision++) {
    const longer = Number(value.toPrecision(precision));
    if (Math.fround(longer) === value) return longer;
  }
  return Number(value.toPrecision(9));
}
