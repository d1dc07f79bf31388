import { type FrameWriter, messagePrefixBytes } from './frame-writer.ts';

/** Where DATA goes: a connection, with its own window over all streams. */
export interface DataOutlet {
  readonly writer: FrameWriter;
  /** The connection's send window. */
  sendWindow: number;
  readonly maxDataBytes: number;
  /** Whether the socket takes more; false: its peer is slow. */
  makeRoom(): boolean;
}

/** What `write` left: nothing, or the reason why it stopped. */
export type WriteResult = 'done' | 'waits for stream' | 'waits for connection';

/** Bytes that one stream may write before it is another one's turn. */
const turnBytes = 64 * 1024;

/** The messages of one request that wait for flow control. */
export class OutgoingMessages {
  /** The stream's send window; SETTINGS may take it below 0 (RFC 9113, section 6.9.2). */
  window = 0;
  #messages: Uint8Array[] = [];
  #next = 0;
  /** How much of the next message has been written, its prefix included. */
  #offset = 0;
  #written = false;
  #ended = false;
  #endWritten = false;
  #bytes = 0;

  /** Bytes that are not written yet. */
  get bytes(): number {
    return this.#bytes;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** END_STREAM has been written: nothing follows. */
  get endWritten(): boolean {
    return this.#endWritten;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += messagePrefixBytes + message.length;
  }

  end(): void {
    this.#ended = true;
  }

  /** Makes ready for another stream; false: what was sent is gone. A unary message is at hand once more. */
  rewind(unaryMessage: Uint8Array | undefined): boolean {
    if (unaryMessage !== undefined) {
      this.#messages = [unaryMessage];
      this.#bytes = messagePrefixBytes + unaryMessage.length;
    } else if (this.#written) {
      return false;
    }
    this.#next = 0;
    this.#offset = 0;
    this.#written = false;
    this.#endWritten = false;
    return true;
  }

  write(streamId: number, outlet: DataOutlet): WriteResult {
    for (let turn = turnBytes; turn > 0; ) {
      const message = this.#messages[this.#next];
      if (message === undefined) return this.#finish(streamId, outlet);
      const left = messagePrefixBytes + message.length - this.#offset;
      const size = Math.min(left, outlet.maxDataBytes, this.window, outlet.sendWindow);
      if (this.window <= 0) return 'waits for stream';
      if (size <= 0 || !outlet.makeRoom()) return 'waits for connection';
      const last = size === left && this.#ended && this.#next === this.#messages.length - 1;
      outlet.writer.messagePart(streamId, last, message, this.#offset, size);
      this.#written = true;
      this.#endWritten = last;
      this.window -= size;
      outlet.sendWindow -= size;
      this.#bytes -= size;
      turn -= size;
      if (size === left) this.#advance();
      else this.#offset += size;
    }
    return 'waits for connection';
  }

  #finish(streamId: number, outlet: DataOutlet): WriteResult {
    if (this.#ended && !this.#endWritten) {
      outlet.writer.endOfStream(streamId);
      this.#endWritten = true;
    }
    return 'done';
  }

  #advance(): void {
    this.#offset = 0;
    this.#next += 1;
    if (this.#next < this.#messages.length && this.#next < 100) return;
    // Lets go of what is sent: at once when that is all, in strides otherwise, for a shift moves the rest.
    this.#messages = this.#messages.slice(this.#next);
    this.#next = 0;
  }
}
