import type { Socket } from 'node:net';
import { closeSocket } from './connect-socket.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { ConnectionListener } from './connection-listener.ts';
import { FrameDispatch, type FrameSink } from './frame-dispatch.ts';
import { FrameReader } from './frame-reader.ts';
import { ErrorCode, Flag } from './frames.ts';
import { writeGreeting } from './greeting.ts';
import { HeaderBlock } from './header-block.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { InputBudget } from './input-budget.ts';
import { Keepalive } from './keepalive.ts';
import { Output } from './output.ts';
import { type RequestDefaults, RequestHeaders } from './request-headers.ts';
import { ServerSettings } from './settings.ts';
import type { Stream } from './stream.ts';
import { growWindow, StreamTable } from './stream-table.ts';

export interface ConnectionOptions {
  /** Begins to connect; the callbacks come later. */
  readonly connect: (onConnect: () => void, onRead: (chunk: Buffer, length: number) => void) => Socket;
  readonly request: RequestDefaults;
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly listener: ConnectionListener;
}

/** Time for TCP, TLS and the server's SETTINGS (connection-backoff.md, MIN_CONNECT_TIMEOUT). */
const connectTimeoutMs = 20_000;
const pingPayload = Buffer.alloc(8);

/** One HTTP/2 connection to a server (RFC 9113), for requests of gRPC. */
export class Connection implements FrameSink {
  /** It has carried an answer to its end. */
  hasServed = false;
  readonly #listener: ConnectionListener;
  readonly #socket: Socket;
  readonly #output: Output;
  readonly #dispatch = new FrameDispatch(this);
  readonly #reader = new FrameReader(this.#dispatch);
  readonly #decoder = new HpackDecoder();
  readonly #requestHeaders: RequestHeaders;
  readonly #settings = new ServerSettings();
  readonly #budget = new InputBudget();
  readonly #keepalive: Keepalive;
  readonly #connectTimer: NodeJS.Timeout;
  readonly #streams = new StreamTable();
  #state: 'connecting' | 'ready' | 'draining' | 'closed' = 'connecting';
  /** Why it will be closed when its last stream has ended. */
  #drainReason = '';
  /** Of the DATA frame at hand. */
  #dataStream: Stream | undefined;
  #dataFlags = 0;
  #dataOverhead = 0;

  constructor({ connect, request, keepaliveMs, keepaliveTimeoutMs, listener }: ConnectionOptions) {
    this.#listener = listener;
    this.#requestHeaders = new RequestHeaders(request);
    this.#keepalive = new Keepalive({
      intervalMs: keepaliveMs,
      timeoutMs: keepaliveTimeoutMs,
      isNeeded: () => this.#streams.size > 0,
      ping: () => {
        this.#output.writer.ping(false, pingPayload, 0);
        this.#output.schedule();
      },
      onDead: () => this.destroy('no answer to a keepalive PING'),
    });
    this.#connectTimer = setTimeout(() => this.destroy('timeout while connecting'), connectTimeoutMs);
    this.#socket = connect(
      () => this.#greet(),
      (chunk, length) => this.#read(chunk, length),
    );
    this.#output = new Output(this.#socket, () => this.#listener.onRoom());
    this.#socket.on('error', (error) => this.destroy(error.message));
    this.#socket.on('close', () => this.destroy('closed by the server'));
  }

  /** Whether `open` may be called. */
  get isOpen(): boolean {
    return this.#state === 'ready' && !this.isFull && !this.#output.isBlocked;
  }

  /** The server takes no further stream now. */
  get isFull(): boolean {
    return this.#streams.size >= this.#settings.maxConcurrentStreams;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** Sends the request's headers, and as much of its messages as may go. */
  open(stream: Stream): void {
    const headers = this.#requestHeaders;
    this.#streams.add(stream, this.#settings.initialWindowBytes);
    headers.encode(stream.path, stream.remainingMs, stream.metadata);
    this.#output.writer.headers(stream.streamId, headers.block, headers.length, this.#settings.maxFrameBytes);
    this.sendData(stream);
    if (this.#streams.isUsedUp) this.#drain('all stream ids are used up');
  }

  /** Writes what the windows allow of a stream's messages; it hears of `onWritable` for the rest. */
  sendData(stream: Stream): void {
    if (stream.outgoing.write(stream.streamId, this.#output) === 'waits for connection') this.#output.wait(stream);
    this.#output.schedule();
  }

  /** Gives a stream up: RST_STREAM, and nothing more is heard of it. */
  reset(stream: Stream, http2Code: number): void {
    if (!this.#streams.has(stream)) return;
    this.#output.writer.reset(stream.streamId, http2Code);
    this.#output.schedule();
    this.#forget(stream);
  }

  /** A stream is done with bytes of its DATA. */
  giveBack(stream: Stream, bytes: number): void {
    const increment = stream.receiveWindow.giveBack(bytes);
    if (increment > 0 && this.#streams.has(stream)) this.#updateWindow(stream.streamId, increment);
  }

  /** A paused call holds so many bytes more, or fewer. */
  hold(bytes: number): void {
    this.#budget.hold(bytes);
    if (bytes < 0) this.#updateWindow(0, this.#budget.giveBack());
  }

  /** Takes no new streams, and closes once those under way are done. */
  close(): void {
    this.#drain('closed by this side');
  }

  /** Ends it at once; `fault`: the server is told. */
  destroy(reason: string, fault: number = ErrorCode.NO_ERROR): void {
    if (this.#state === 'closed') return;
    const wasConnected = this.#state !== 'connecting';
    this.#state = 'closed';
    clearTimeout(this.#connectTimer);
    this.#keepalive.stop();
    const lost = this.#streams.removeAfter(0);
    for (const stream of lost) this.#output.forget(stream);
    if (wasConnected || fault !== ErrorCode.NO_ERROR) {
      this.#output.writer.goAway(0, fault, '');
      this.#output.flush();
      closeSocket(this.#socket);
    } else {
      this.#socket.destroy();
    }
    for (const stream of lost) stream.onLost(false);
    this.#listener.onClosed(reason);
  }

  onDataStart(streamId: number, flags: number, length: number): void {
    const stream = this.#streams.find(streamId);
    if (!this.#budget.take(length) || (stream !== undefined && !stream.receiveWindow.take(length))) {
      throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, 'more DATA than the window allows');
    }
    this.#updateWindow(0, this.#budget.giveBack());
    this.#dataStream = stream;
    this.#dataFlags = flags;
    this.#dataOverhead = length;
  }

  onDataBytes(chunk: Buffer, start: number, end: number): void {
    this.#dataOverhead -= end - start;
    this.#dataStream?.onData(chunk, start, end);
  }

  onDataEnd(): void {
    const stream = this.#dataStream;
    this.#dataStream = undefined;
    if (stream === undefined) return;
    if (this.#dataOverhead > 0) this.giveBack(stream, this.#dataOverhead);
    // The call may have been given up with the last message.
    if ((this.#dataFlags & Flag.END_STREAM) === 0 || !this.#streams.has(stream)) return;
    this.#endOfStream(stream);
    stream.onEndStream();
  }

  onHeaderBlock(streamId: number, endStream: boolean, chunk: Buffer, start: number, end: number): void {
    const stream = this.#streams.find(streamId);
    const block = new HeaderBlock();
    // Also for nobody: the decoder's table must see every block.
    this.#decoder.decode(chunk, start, end, block);
    // Informational headers may come without number and bring nothing.
    this.#dispatch.countHeaders(stream !== undefined && (endStream || block.httpStatus?.startsWith('1') === false));
    if (stream === undefined) return;
    if (endStream) this.#endOfStream(stream);
    stream.onHeaders(block, endStream);
  }

  onReset(streamId: number, http2Code: number): void {
    const stream = this.#streams.find(streamId);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.onReset(http2Code);
  }

  onSettings(chunk: Buffer, start: number, end: number): void {
    const before = this.#settings.initialWindowBytes;
    this.#settings.apply(chunk, start, end);
    this.#output.maxDataBytes = this.#settings.maxFrameBytes;
    this.#requestHeaders.setTableSize(this.#settings.headerTableBytes);
    this.#streams.resizeWindows(this.#settings.initialWindowBytes - before);
    this.#output.writer.settingsAck();
    this.#output.countAnswer();
    if (this.#state === 'connecting') {
      this.#state = 'ready';
      clearTimeout(this.#connectTimer);
      this.#listener.onReady();
    } else {
      this.#listener.onRoom();
    }
  }

  onPing(chunk: Buffer, start: number): void {
    this.#output.writer.ping(true, chunk, start);
    this.#output.countAnswer();
  }

  onGoAway(lastStreamId: number, http2Code: number, debug: string): void {
    const unprocessed = this.#streams.removeAfter(lastStreamId);
    if (http2Code === ErrorCode.ENHANCE_YOUR_CALM && debug === 'too_many_pings') this.#listener.onTooManyPings();
    for (const stream of unprocessed) this.#output.forget(stream);
    this.#drain(`GOAWAY (HTTP/2 code ${http2Code}) ${debug}`.trim());
    for (const stream of unprocessed) stream.onLost(true);
  }

  onWindowUpdate(streamId: number, increment: number): void {
    const stream = streamId === 0 ? undefined : this.#streams.find(streamId);
    if (streamId === 0) this.#output.addToWindow(increment);
    else if (stream !== undefined) growWindow(stream, increment);
  }

  #greet(): void {
    writeGreeting(this.#output.writer);
    this.#output.flush();
  }

  #read(chunk: Buffer, length: number): void {
    if (this.#state === 'closed') return;
    this.#keepalive.active = true;
    try {
      this.#reader.read(chunk, length);
    } catch (error) {
      if (error instanceof ConnectionFault) {
        this.destroy(`broken HTTP/2: ${error.message}`, error.http2Code);
      } else {
        // A listener threw in the middle of a frame: nothing more can be made of what follows.
        this.destroy('failure on this side', ErrorCode.INTERNAL_ERROR);
        throw error;
      }
    }
  }

  /** The server is done with the stream; if this side is not, what it would still send is of no use any more. */
  #endOfStream(stream: Stream): void {
    this.hasServed = true;
    if (stream.outgoing.endWritten) this.#forget(stream);
    else this.reset(stream, ErrorCode.CANCEL);
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream);
    this.#output.forget(stream);
    if (this.#state === 'ready') this.#listener.onRoom();
    else if (this.#state === 'draining') this.#closeWhenDone();
  }

  #drain(reason: string): void {
    if (this.#state === 'connecting') {
      this.destroy(reason);
    } else if (this.#state === 'ready') {
      this.#state = 'draining';
      this.#drainReason = reason;
      this.#listener.onDraining(reason);
    }
    if (this.#state === 'draining') this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (this.#streams.size === 0) this.destroy(this.#drainReason);
  }

  #updateWindow(streamId: number, increment: number): void {
    if (increment === 0) return;
    this.#output.writer.windowUpdate(streamId, increment);
    this.#output.schedule();
  }
}
