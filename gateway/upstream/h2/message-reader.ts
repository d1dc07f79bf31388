import { messagePrefixBytes } from './frame-writer.ts';
import type { MessageBuffers } from './message-buffers.ts';

/** Up to this size a message's buffer is made whole at once; a longer one grows with what has arrived. */
const trustedBytes = 256 * 1024;

/**
 * Cuts DATA into messages (PROTOCOL-HTTP2.md, Length-Prefixed-Message). What arrives lies in the socket's buffer, which
 * the next read overwrites. So a message to keep is copied once, into a buffer of its own. One that is only lent to the
 * listener is a view of the socket's buffer if it lies there whole, or is put together in a buffer used again: at a
 * hundred kilobytes a message, making buffers was a third of all work.
 */
export class MessageReader {
  readonly #maxBytes: number;
  /** Where buffers to lend come from; undefined: messages are to keep. */
  readonly #buffers: MessageBuffers | undefined;
  #prefixBytes = 0;
  #compressed = false;
  #length = 0;
  /** The message under way: its bytes so far, in a buffer of `#buffers` or its own. */
  #buffer: Buffer | undefined;
  #filled = 0;
  /** The same, where it is a view of the socket's buffer. */
  #view: Buffer | undefined;

  constructor(maxBytes: number, buffers: MessageBuffers | undefined) {
    this.#maxBytes = maxBytes;
    this.#buffers = buffers;
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
    if (size === this.#length && this.#buffers !== undefined) {
      this.#view = chunk.subarray(at, at + size);
      this.#filled = size;
    } else if (size > 0) {
      chunk.copy(this.#room(size), this.#filled, at, at + size);
      this.#filled += size;
    }
    return at + size;
  }

  /** The message, once it is whole. `next` must follow before more is read. */
  get message(): Buffer | undefined {
    if (this.#prefixBytes < messagePrefixBytes || this.#filled < this.#length) return undefined;
    if (this.#view !== undefined) return this.#view;
    const buffer = this.#buffer ?? noBytes;
    return buffer.length === this.#length ? buffer : buffer.subarray(0, this.#length);
  }

  /** Done with the message under way, whole or not. */
  next(): void {
    if (this.#buffer !== undefined) this.#buffers?.release(this.#buffer);
    this.#buffer = undefined;
    this.#view = undefined;
    this.#prefixBytes = 0;
    this.#length = 0;
    this.#filled = 0;
  }

  #prefixByte(byte: number): void {
    if (this.#prefixBytes === 0) this.#compressed = byte !== 0;
    else this.#length = this.#length * 256 + byte;
    this.#prefixBytes += 1;
  }

  /** The buffer, with room for so many bytes more. */
  #room(size: number): Buffer {
    const before = this.#buffer;
    const needed = this.#filled + size;
    if (before !== undefined && before.length >= needed) return before;
    const bytes = Math.min(this.#length, Math.max(needed, this.#filled * 2, trustedBytes));
    const larger = this.#buffers?.acquire(bytes) ?? Buffer.allocUnsafe(bytes);
    if (before !== undefined) {
      before.copy(larger, 0, 0, this.#filled);
      this.#buffers?.release(before);
    }
    this.#buffer = larger;
    return larger;
  }
}

const noBytes = Buffer.alloc(0);
