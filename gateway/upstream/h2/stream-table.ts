import { ConnectionFault } from './connection-fault.ts';
import { ErrorCode, maxWindowBytes } from './frames.ts';
import type { Stream } from './stream.ts';

const maxStreamId = 0x7fffffff;

/** The streams of a connection that are under way, by id. */
export class StreamTable {
  readonly #streams = new Map<number, Stream>();
  #nextId = 1;

  get size(): number {
    return this.#streams.size;
  }

  /** No id is left for another stream (RFC 9113, section 5.1.1). */
  get isUsedUp(): boolean {
    return this.#nextId > maxStreamId;
  }

  has(stream: Stream): boolean {
    return this.#streams.has(stream.streamId);
  }

  /** Takes a stream in, with the next id. */
  add(stream: Stream, sendWindow: number): void {
    stream.streamId = this.#nextId;
    stream.outgoing.window = sendWindow;
    this.#nextId += 2;
    this.#streams.set(stream.streamId, stream);
  }

  delete(stream: Stream): void {
    this.#streams.delete(stream.streamId);
  }

  /** The stream, if it is under way; a frame on one that never was is a fault (RFC 9113, section 5.1). */
  find(streamId: number): Stream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && (streamId >= this.#nextId || streamId % 2 === 0)) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `a frame on stream ${streamId}, which is idle`);
    }
    return stream;
  }

  /** Takes out all streams with ids past `lastId`. */
  removeAfter(lastId: number): Stream[] {
    const removed = [...this.#streams.values()].filter(({ streamId }) => streamId > lastId);
    for (const stream of removed) this.delete(stream);
    return removed;
  }

  /** A change of SETTINGS_INITIAL_WINDOW_SIZE moves the windows of all streams (RFC 9113, section 6.9.2). */
  resizeWindows(change: number): void {
    if (change === 0) return;
    for (const stream of this.#streams.values()) growWindow(stream, change);
  }
}

/** Adds to a stream's send window, and lets it write. */
export function growWindow(stream: Stream, increment: number): void {
  stream.outgoing.window += increment;
  if (stream.outgoing.window > maxWindowBytes) {
    throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, 'window of a stream too large');
  }
  if (increment > 0) stream.onWritable();
}
