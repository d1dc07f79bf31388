import { Code } from '../../status/code.ts';
import { localStatus } from '../local-status.ts';
import type { CallListener, CallStatus } from '../upstream.ts';
import { decompress } from './decompress.ts';
import { HeldBytes } from './held-bytes.ts';
import type { MessageBuffers } from './message-buffers.ts';
import { MessageReader } from './message-reader.ts';

export interface IncomingOptions {
  readonly listener: CallListener;
  readonly maxMessageBytes: number;
  readonly buffers: MessageBuffers;
}

/** The way of an answer's DATA to its listener: whole messages, inflated, held back while the call is paused. */
export class IncomingMessages {
  paused = false;
  /** Of compressed messages (grpc-encoding). */
  encoding: string | undefined;
  /** The body is none of gRPC, whatever it says. */
  ignored = false;
  /** Why nothing more can be read. */
  failure: CallStatus | undefined;
  readonly #listener: CallListener;
  readonly #maxMessageBytes: number;
  readonly #reader: MessageReader;
  /** What arrived while paused; undefined for all the calls that never are. */
  #held: HeldBytes | undefined;
  #stopped = false;

  constructor({ listener, maxMessageBytes, buffers }: IncomingOptions) {
    this.#listener = listener;
    this.#maxMessageBytes = maxMessageBytes;
    this.#reader = new MessageReader(maxMessageBytes, listener.borrowsMessages ? buffers : undefined);
  }

  get heldBytes(): number {
    return this.#held?.length ?? 0;
  }

  /** Inside a message: the answer must not end here. */
  get underWay(): boolean {
    return this.#reader.underWay;
  }

  /** Takes bytes of DATA; gives the number of those that are done with, the others are held. */
  add(chunk: Buffer, start: number, end: number): number {
    const at = this.#held === undefined ? this.#read(chunk, start, end) : start;
    if (at < end && !this.#stopped) {
      this.#held ??= new HeldBytes();
      this.#held.add(chunk, at, end);
    }
    return at - start;
  }

  /** Goes on with what is held; gives the number of bytes that are done with now. */
  readHeld(): number {
    const held = this.#held;
    if (held === undefined) return 0;
    const taken = held.read((chunk, start, end) => this.#read(chunk, start, end));
    if (held.length === 0) this.#held = undefined;
    return taken;
  }

  /** The call has ended: no message any more. */
  stop(): void {
    this.#stopped = true;
    this.#held = undefined;
    // A message that the listener is reading at this moment is still in its buffer.
    if (this.#reader.message === undefined) this.#reader.next();
  }

  /** Hands out whole messages; gives the position up to which bytes were taken, less than `end` once paused. */
  #read(chunk: Buffer, start: number, end: number): number {
    if (this.ignored) return end;
    let at = start;
    while (at < end && !this.paused && !this.#stopped && this.failure === undefined) {
      at = this.#reader.read(chunk, at, end);
      const { message, compressed, length } = this.#reader;
      if (this.#reader.tooLarge) {
        this.failure = tooLarge(length, this.#maxMessageBytes);
      } else if (message !== undefined) {
        this.#deliver(message, compressed);
        this.#reader.next();
      }
    }
    return at;
  }

  #deliver(message: Buffer, compressed: boolean): void {
    const plain = compressed ? decompress(message, this.encoding, this.#maxMessageBytes) : message;
    if (Buffer.isBuffer(plain)) this.#listener.onMessage(plain);
    else this.failure = plain;
  }
}

function tooLarge(bytes: number, maxBytes: number): CallStatus {
  return localStatus(Code.RESOURCE_EXHAUSTED, `received message larger than max (${bytes} vs. ${maxBytes})`);
}
