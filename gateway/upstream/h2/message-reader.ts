import { messagePrefixBytes } from './frame-writer.ts';

/** Up to this size a message's buffer is made whole at once; a longer one grows with what has arrived. */
const trustedBytes = 256 * 1024;

/**
 * Cuts DATA into messages (PROTOCOL-HTTP2.md, Length-Prefixed-Message). Bytes are copied once, into a buffer of the
 * message's own: what arrives is the socket's buffer, which the next read overwrites.
 */
export class MessageReader {
  readonly #maxBytes: number;
  #prefixBytes = 0;
  #compressed = false;
  /** Of the message under way: its length, its buffer, and how much of it has arrived. */
  #length = 0;
  #message: Buffer | undefined;
  #filled = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Length of the message under way, as its prefix says. */
  get length(): number {
    return this.#length;
  }

  get compressed(): boolean {
    return this.#compressed;
  }

  /** The prefix asks for more than is allowed; nothing may be read any more. */
  get tooLarge(): boolean {
    return this.#length > this.#maxBytes;
  }

  /** Inside a message: a stream must not end here. */
  get underWay(): boolean {
    return this.#prefixBytes > 0;
  }

  /** Reads on, up to the end of a message at most; gives the position after what was taken. */
  read(chunk: Buffer, start: number, end: number): number {
    let at = start;
    while (this.#prefixBytes < messagePrefixBytes) {
      if (at === end) return at;
      this.#prefixByte(chunk[at++] ?? 0);
    }
    if (this.tooLarge) return at;
    const size = Math.min(end - at, this.#length - this.#filled);
    if (size > 0) {
      chunk.copy(this.#room(size), this.#filled, at, at + size);
      this.#filled += size;
    }
    return at + size;
  }

  /** The message, once it is whole; the next one may follow. */
  take(): Buffer | undefined {
    if (this.#prefixBytes < messagePrefixBytes || this.#filled < this.#length) return undefined;
    const message = this.#message ?? noBytes;
    this.#message = undefined;
    this.#prefixBytes = 0;
    this.#length = 0;
    this.#filled = 0;
    return message;
  }

  #prefixByte(byte: number): void {
    if (this.#prefixBytes === 0) this.#compressed = byte !== 0;
    else this.#length = this.#length * 256 + byte;
    this.#prefixBytes += 1;
  }

  /** The buffer, with room for so many bytes more. */
  #room(size: number): Buffer {
    const needed = this.#filled + size;
    if (this.#message !== undefined && this.#message.length >= needed) return this.#message;
    const bytes = Math.min(this.#length, Math.max(needed, this.#filled * 2, trustedBytes));
    const larger = Buffer.allocUnsafe(bytes);
    this.#message?.copy(larger, 0, 0, this.#filled);
    this.#message = larger;
    return larger;
  }
}

const noBytes = Buffer.alloc(0);
