import type { Socket } from 'node:net';
import { ConnectionFault } from './connection-fault.ts';
import { FrameWriter } from './frame-writer.ts';
import { defaultMaxFrameBytes, defaultWindowBytes, ErrorCode, maxWindowBytes } from './frames.ts';
import type { DataOutlet } from './outgoing-messages.ts';

/** Someone with data to send. */
export interface Sender {
  /** It may go on, for a while at least. */
  onWritable(): void;
}

/** Output goes to the socket at the end of the tick, or once there is so much of it. */
const fullWriterBytes = 128 * 1024;
/** More than this in the socket's queue: the server is slow to read, and DATA waits. */
const fullSocketBytes = 256 * 1024;
/** A server that asks for answers and reads none gets no further than this. */
const maxUnreadBytes = 4 * 1024 * 1024;

/**
 * What leaves a connection: the frames of one tick go with one write. Once the event loop has served all sockets that
 * had something to say, `setImmediate` finds the frames of all of them here; that is what makes many calls cheap.
 */
export class Output implements DataOutlet {
  readonly writer = new FrameWriter();
  sendWindow = defaultWindowBytes;
  maxDataBytes = defaultMaxFrameBytes;
  readonly #socket: Socket;
  readonly #flush = (): void => this.flush();
  /** In the order of their turns. */
  readonly #waiting = new Set<Sender>();
  #scheduled = false;
  #blocked = false;

  /** `onDrain`: the socket takes more after it was blocked. */
  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    socket.on('drain', () => {
      this.#blocked = false;
      this.flush();
      onDrain();
    });
  }

  /** The server is slow to read: what is written now waits in memory. */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  /** Whether more DATA may be written; what there is goes out first where it is much. */
  makeRoom(): boolean {
    if (this.writer.length >= fullWriterBytes) this.#write();
    return !this.#blocked;
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  /** Calls `onWritable` when the connection's window or the socket has room, or when others have had their turn. */
  wait(sender: Sender): void {
    this.#waiting.add(sender);
  }

  forget(sender: Sender): void {
    this.#waiting.delete(sender);
  }

  addToWindow(increment: number): void {
    this.sendWindow += increment;
    if (this.sendWindow > maxWindowBytes) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, 'window too large');
    if (this.#waiting.size > 0) this.schedule();
  }

  /** An answer that the server has asked for was written. */
  countAnswer(): void {
    if (this.#socket.writableLength + this.writer.length > maxUnreadBytes) {
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, 'the server does not read what it asks for');
    }
    this.schedule();
  }

  /** Writes out what there is, and lets those go on who wait. */
  flush(): void {
    this.#scheduled = false;
    do {
      this.#write();
      this.#resumeWaiting();
    } while (this.writer.length > 0);
  }

  #write(): void {
    if (this.writer.length === 0) return;
    if (this.#socket.writable) this.#socket.write(this.writer.bytes);
    // Nothing queued: the kernel took it all, and the buffer is free again.
    this.writer.release(this.#socket.writableLength === 0);
    this.#blocked = this.#socket.writableLength >= fullSocketBytes;
  }

  /** A sender that waits again goes to the end of the set, where this loop finds it once more. */
  #resumeWaiting(): void {
    for (const sender of this.#waiting) {
      if (this.sendWindow <= 0 || !this.makeRoom()) return;
      this.#waiting.delete(sender);
      sender.onWritable();
    }
  }
}
