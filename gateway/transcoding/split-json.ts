import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Cuts a stream of JSON values that follow each other (newline-delimited or not) into values. It finds only where a
 * value ends; whether it is JSON is the codec's to say. Holds at most one value, of at most `maxBytes` bytes.
 */
export class JsonSplitter {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #size = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Inside a number, a literal or a string at the top level. */
  #inScalar = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The values that `chunk` completes. Throws RESOURCE_EXHAUSTED for a value that is too large. */
  push(chunk: Buffer): Buffer[] {
    const values: Buffer[] = [];
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) {
          this.#inString = false;
          if (this.#depth === 0) {
            values.push(this.#take(chunk.subarray(start, index + 1)));
            start = index + 1;
          }
        }
        continue;
      }
      const blank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      const opens = byte === openBrace || byte === openBracket;
      if (this.#inScalar && (blank || opens || byte === quote)) {
        values.push(this.#take(chunk.subarray(start, index)));
        start = index;
      }
      if (blank) {
        if (this.#depth === 0) start = index + 1;
      } else if (byte === quote) {
        this.#inString = true;
      } else if (opens) {
        this.#depth += 1;
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth -= 1;
        if (this.#depth <= 0) {
          values.push(this.#take(chunk.subarray(start, index + 1)));
          start = index + 1;
        }
      } else if (this.#depth === 0) {
        this.#inScalar = true;
      }
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return values;
  }

  /** What is left when the stream ends: a number or literal, a value cut short, or nothing. */
  end(): Buffer | undefined {
    return this.#size === 0 ? undefined : this.#take(Buffer.alloc(0));
  }

  #keep(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > this.#maxBytes) {
      throw new StatusError(
        Code.RESOURCE_EXHAUSTED,
        `a message of the request is larger than ${this.#maxBytes} bytes`,
        {
          httpStatus: 413,
        },
      );
    }
    this.#pieces.push(piece);
  }

  #take(piece: Buffer): Buffer {
    this.#keep(piece);
    const value = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    this.#depth = 0;
    this.#inScalar = false;
    return value;
  }
}
