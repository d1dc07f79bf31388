import { ConnectionFault } from './connection-fault.ts';
import { ErrorCode, maxWindowBytes } from './frames.ts';
import type { Stream } from './stream.ts';

const maxStreamId = 0x7fffffff;
const slotCount = 1024;

/**
 * The streams of a connection that are under way, by id. Ids count up, so a stream lies in the slot of its number modulo
 * the slots; one that is still there when its slot is wanted again moves to a map. A map alone would be plainer, but one
 * with many entries coming and going leaves tables behind that hold what was deleted from them until the next full
 * garbage collection: measured, half of what each young collection looked at had survived for no other reason.
 */
export class StreamTable {
  readonly #slots: (Stream | undefined)[] = new Array<Stream | undefined>(slotCount).fill(undefined);
  readonly #longLived = new Map<number, Stream>();
  #size = 0;
  #nextId = 1;

  get size(): number {
    return this.#size;
  }

  /** No id is left for another stream (RFC 9113, section 5.1.1). */
  get isUsedUp(): boolean {
    return this.#nextId > maxStreamId;
  }

  has(stream: Stream): boolean {
    return this.#get(stream.streamId) === stream;
  }

  /** Takes a stream in, with the next id. */
  add(stream: Stream, sendWindow: number): void {
    stream.streamId = this.#nextId;
    stream.outgoing.window = sendWindow;
    this.#nextId += 2;
    const slot = slotOf(stream.streamId);
    const before = this.#slots[slot];
    if (before !== undefined) this.#longLived.set(before.streamId, before);
    this.#slots[slot] = stream;
    this.#size += 1;
  }

  /** Does nothing where the stream is not under way. */
  delete(stream: Stream): void {
    const slot = slotOf(stream.streamId);
    if (this.#slots[slot] === stream) this.#slots[slot] = undefined;
    else if (this.#longLived.size === 0 || !this.#longLived.delete(stream.streamId)) return;
    this.#size -= 1;
  }

  /** The stream, if it is under way; a frame on one that never was is a fault (RFC 9113, section 5.1). */
  find(streamId: number): Stream | undefined {
    if (streamId >= this.#nextId || streamId % 2 === 0) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `a frame on stream ${streamId}, which is idle`);
    }
    return this.#get(streamId);
  }

  /** Takes out all streams with ids past `lastId`. */
  removeAfter(lastId: number): Stream[] {
    const removed = this.#all().filter(({ streamId }) => streamId > lastId);
    for (const stream of removed) this.delete(stream);
    return removed;
  }

  /** A change of SETTINGS_INITIAL_WINDOW_SIZE moves the windows of all streams (RFC 9113, section 6.9.2). */
  resizeWindows(change: number): void {
    if (change === 0) return;
    for (const stream of this.#all()) growWindow(stream, change);
  }

  #get(streamId: number): Stream | undefined {
    const stream = this.#slots[slotOf(streamId)];
    if (stream !== undefined && stream.streamId === streamId) return stream;
    return this.#longLived.size === 0 ? undefined : this.#longLived.get(streamId);
  }

  #all(): Stream[] {
    return [...this.#longLived.values(), ...this.#slots.filter((stream) => stream !== undefined)];
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

function slotOf(streamId: number): number {
  return (streamId >> 1) % slotCount;
}
