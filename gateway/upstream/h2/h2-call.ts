import { Code } from '../../status/code.ts';
import { cancelled, deadlineExceeded, localStatus, unavailable } from '../local-status.ts';
import type { Call, CallListener, CallRequest, CallStatus } from '../upstream.ts';
import type { Connection } from './connection.ts';
import type { DeadlineWheel, WheelEntry } from './deadline-wheel.ts';
import { decompress } from './decompress.ts';
import { ErrorCode } from './frames.ts';
import type { HeaderBlock } from './header-block.ts';
import { HeldBytes } from './held-bytes.ts';
import { streamWindowBytes } from './input-budget.ts';
import { MessageReader } from './message-reader.ts';
import { OutgoingMessages } from './outgoing-messages.ts';
import { ReceiveWindow } from './receive-window.ts';
import { httpStatusToStatus, resetToStatus, statusOf } from './status-mapping.ts';
import type { Stream } from './stream.ts';

/** What a call needs of the upstream that it belongs to. */
export interface CallOwner {
  readonly target: string;
  readonly maxMessageBytes: number;
  readonly maxSentMessageBytes: number;
  readonly deadlines: DeadlineWheel;
  readonly isClosed: boolean;
  /** Finds the call a connection, now or later; or fails it. */
  dispatch(call: H2Call): void;
  onEnd(call: H2Call): void;
}

/** `send` says "wait" with more than this unsent. */
const fullQueueBytes = 64 * 1024;
/** A call that servers refuse unseen goes to another connection, but not for ever. */
const maxConnections = 4;

/** One call: the state between a listener and the stream that carries it. */
export class H2Call implements Call, Stream, WheelEntry {
  readonly path: string;
  readonly metadata: CallRequest['metadata'];
  readonly outgoing = new OutgoingMessages();
  receiveWindow = new ReceiveWindow(streamWindowBytes);
  streamId = 0;
  awaitsHeaders = true;
  wheelTick = 0;
  wheelPrevious: WheelEntry | undefined;
  wheelNext: WheelEntry | undefined;
  readonly #owner: CallOwner;
  readonly #request: CallRequest;
  readonly #listener: CallListener;
  readonly #reader: MessageReader;
  readonly #startedAt = performance.now();
  #connection: Connection | undefined;
  #connections = 0;
  #ended = false;
  #paused = false;
  #needsDrain = false;
  /** What arrived while paused; undefined for all the calls that never are. */
  #held: HeldBytes | undefined;
  #encoding: string | undefined;
  #httpStatus = '200';
  /** The server's last word, while messages before it are held. */
  #status: CallStatus | undefined;

  constructor(owner: CallOwner, request: CallRequest, listener: CallListener) {
    this.#owner = owner;
    this.#request = request;
    this.#listener = listener;
    this.path = request.path;
    this.metadata = request.metadata;
    this.#reader = new MessageReader(owner.maxMessageBytes);
    if (request.message !== undefined) {
      this.outgoing.push(request.message);
      this.outgoing.end();
    }
    if (request.timeoutMs !== undefined) {
      owner.deadlines.add(this, this.#startedAt, this.#startedAt + request.timeoutMs);
    }
  }

  get remainingMs(): number | undefined {
    const { timeoutMs } = this.#request;
    if (timeoutMs === undefined) return undefined;
    // The first connection is found at once, as a rule; the same value for all calls is one byte in the header block.
    const elapsed = performance.now() - this.#startedAt;
    return elapsed < 1 ? timeoutMs : Math.max(1, timeoutMs - elapsed);
  }

  /** The deadline has passed; a server that keeps it may say so a moment before the wheel here comes round. */
  get #isLate(): boolean {
    const { timeoutMs } = this.#request;
    return timeoutMs !== undefined && performance.now() - this.#startedAt >= timeoutMs;
  }

  /** Goes out on a connection that is open. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.#connections += 1;
    connection.open(this);
    this.#signalDrain();
  }

  /** Ends the call without a connection. */
  fail(status: CallStatus): void {
    queueMicrotask(() => this.#end(status));
  }

  send(message: Uint8Array): boolean {
    if (this.#ended || this.outgoing.ended) return true;
    const { maxSentMessageBytes } = this.#owner;
    if (message.length > maxSentMessageBytes) {
      this.#giveUp(sentTooLarge(message.length, maxSentMessageBytes));
      return true;
    }
    this.outgoing.push(message);
    this.#connection?.sendData(this);
    this.#needsDrain = this.outgoing.bytes > fullQueueBytes;
    return !this.#needsDrain;
  }

  end(): void {
    if (this.#ended || this.outgoing.ended) return;
    this.outgoing.end();
    this.#connection?.sendData(this);
  }

  cancel(): void {
    this.#giveUp(cancelled);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // Later: the listener need not expect messages inside its own call.
    if (this.#held !== undefined) queueMicrotask(() => this.#readHeld());
  }

  onWritable(): void {
    if (this.#ended) return;
    this.#connection?.sendData(this);
    this.#signalDrain();
  }

  onHeaders(block: HeaderBlock, endStream: boolean): void {
    if (this.#ended) return;
    if (block.tooLarge) this.#abort(localStatus(Code.RESOURCE_EXHAUSTED, 'the upstream sent too many headers'));
    else if (block.malformed) this.#abort(localStatus(Code.INTERNAL, 'the upstream sent malformed headers'));
    else if (this.awaitsHeaders) this.#onInitialHeaders(block, endStream);
    else if (endStream && block.httpStatus === undefined) this.#onServerEnd(statusOf(block, this.#httpStatus));
    else this.#abort(localStatus(Code.INTERNAL, 'the upstream sent headers out of place'));
  }

  onData(chunk: Buffer, start: number, end: number): void {
    if (this.#ended) return;
    if (this.#paused || this.#held !== undefined) {
      this.#hold(chunk, start, end);
      return;
    }
    const at = this.#readMessages(chunk, start, end);
    if (this.#ended) return;
    this.#connection?.giveBack(this, at - start);
    if (at < end) this.#hold(chunk, at, end);
  }

  onEndStream(): void {
    if (this.#ended) return;
    const status =
      this.#httpStatus === '200'
        ? localStatus(Code.INTERNAL, 'the upstream ended the call without trailers')
        : httpStatusToStatus(this.#httpStatus);
    this.#onServerEnd(status);
  }

  onReset(http2Code: number): void {
    if (this.#ended) return;
    if (http2Code === ErrorCode.REFUSED_STREAM && this.#beginAgain()) return;
    this.#end(http2Code === ErrorCode.CANCEL && this.#isLate ? deadlineExceeded : resetToStatus(http2Code));
  }

  onLost(unprocessed: boolean): void {
    if (this.#ended) return;
    if (this.#owner.isClosed) this.#end(cancelled);
    else if (!unprocessed)
      this.#end(localStatus(Code.UNAVAILABLE, `lost the connection to upstream ${this.#owner.target}`));
    else if (!this.#beginAgain()) this.#end(unavailable(this.#owner.target));
  }

  onDeadline(): void {
    this.#abort(deadlineExceeded);
  }

  #onInitialHeaders(block: HeaderBlock, endStream: boolean): void {
    const { httpStatus = '' } = block;
    if (httpStatus.startsWith('1') && !endStream) return;
    this.awaitsHeaders = false;
    this.#httpStatus = httpStatus;
    this.#encoding = block.encoding;
    const isGrpc = block.contentType?.startsWith('application/grpc') === true;
    if (!/^\d{3}$/.test(httpStatus))
      this.#abort(localStatus(Code.INTERNAL, 'the upstream sent headers without a status'));
    else if (endStream) this.#onServerEnd(statusOf(block, httpStatus));
    else if (!isGrpc) this.#abort(httpStatusToStatus(httpStatus));
    else if (httpStatus === '200') this.#listener.onHeaders(block.metadata);
    // Any other status: the trailers may still say what happened.
  }

  /** Hands out whole messages; gives the position up to which bytes were taken, less than `end` once paused. */
  #readMessages(chunk: Buffer, start: number, end: number): number {
    // No answer of gRPC: whatever its body is, it is not messages.
    if (this.#httpStatus !== '200') return end;
    let at = start;
    while (at < end && !this.#paused && !this.#ended) {
      at = this.#reader.read(chunk, at, end);
      if (this.#reader.tooLarge) {
        this.#abort(receivedTooLarge(this.#reader.length, this.#owner.maxMessageBytes));
        return end;
      }
      const { compressed } = this.#reader;
      const message = this.#reader.take();
      if (message !== undefined) this.#deliver(message, compressed);
    }
    return at;
  }

  #deliver(message: Buffer, compressed: boolean): void {
    if (!compressed) {
      this.#listener.onMessage(message);
      return;
    }
    const plain = decompress(message, this.#encoding, this.#owner.maxMessageBytes);
    if (Buffer.isBuffer(plain)) this.#listener.onMessage(plain);
    else this.#abort(plain);
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    this.#held ??= new HeldBytes();
    this.#held.add(chunk, start, end);
    this.#connection?.hold(end - start);
  }

  #readHeld(): void {
    const held = this.#held;
    if (held === undefined || this.#ended || this.#paused) return;
    const taken = held.read((chunk, start, end) => this.#readMessages(chunk, start, end));
    if (this.#ended) return;
    this.#connection?.hold(-taken);
    this.#connection?.giveBack(this, taken);
    if (held.length > 0) return;
    this.#held = undefined;
    if (this.#status !== undefined) this.#onServerEnd(this.#status);
  }

  /** The status comes after the messages, also those that are held. */
  #onServerEnd(status: CallStatus): void {
    if (this.#held !== undefined) this.#status = status;
    else if (status.code === Code.DEADLINE_EXCEEDED && this.#isLate) this.#end(deadlineExceeded);
    else if (status.code === Code.OK && this.#reader.underWay) {
      this.#end(localStatus(Code.INTERNAL, 'the upstream ended the call inside a message'));
    } else this.#end(status);
  }

  /** After a server refused the call unseen: on another connection, if all that was sent is still here. */
  #beginAgain(): boolean {
    const { message } = this.#request;
    if (!this.awaitsHeaders || this.#connections >= maxConnections || !this.outgoing.rewind(message)) return false;
    this.#connection = undefined;
    this.receiveWindow = new ReceiveWindow(streamWindowBytes);
    this.#owner.dispatch(this);
    return true;
  }

  #signalDrain(): void {
    if (!this.#needsDrain || this.outgoing.bytes > 0) return;
    this.#needsDrain = false;
    this.#listener.onDrain?.();
  }

  /** Ends the call from this side, at once. */
  #abort(status: CallStatus): void {
    if (this.#ended) return;
    this.#detach();
    this.#listener.onStatus(status);
  }

  /** The same inside a call of the listener's: it hears of it later. */
  #giveUp(status: CallStatus): void {
    if (this.#ended) return;
    this.#detach();
    queueMicrotask(() => this.#listener.onStatus(status));
  }

  /** The server, or the lack of one, ended the call. */
  #end(status: CallStatus): void {
    if (this.#ended) return;
    this.#detach();
    this.#listener.onStatus(status);
  }

  #detach(): void {
    this.#ended = true;
    this.#owner.deadlines.remove(this);
    this.#connection?.reset(this, ErrorCode.CANCEL);
    if (this.#held !== undefined) this.#connection?.hold(-this.#held.length);
    this.#held = undefined;
    this.#owner.onEnd(this);
  }
}

export function sentTooLarge(bytes: number, maxBytes: number): CallStatus {
  return localStatus(Code.RESOURCE_EXHAUSTED, `trying to send message larger than max (${bytes} vs. ${maxBytes})`);
}

function receivedTooLarge(bytes: number, maxBytes: number): CallStatus {
  return localStatus(Code.RESOURCE_EXHAUSTED, `received message larger than max (${bytes} vs. ${maxBytes})`);
}
