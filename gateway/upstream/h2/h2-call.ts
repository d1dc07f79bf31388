import { Code } from '../../status/code.ts';
import { cancelled, deadlineExceeded, localStatus, unavailable } from '../local-status.ts';
import type { Call, CallListener, CallRequest, CallStatus } from '../upstream.ts';
import type { CallRegistry, RegisteredCall } from './call-registry.ts';
import type { Connection } from './connection.ts';
import { ErrorCode } from './frames.ts';
import type { HeaderBlock } from './header-block.ts';
import { IncomingMessages } from './incoming-messages.ts';
import { streamWindowBytes } from './input-budget.ts';
import type { MessageBuffers } from './message-buffers.ts';
import { OutgoingMessages } from './outgoing-messages.ts';
import { ReceiveWindow } from './receive-window.ts';
import { httpStatusToStatus, resetToStatus, statusOf } from './status-mapping.ts';
import type { Stream } from './stream.ts';

/** What a call needs of the upstream that it belongs to. */
export interface CallOwner {
  readonly target: string;
  readonly maxMessageBytes: number;
  readonly maxSentMessageBytes: number;
  readonly calls: CallRegistry;
  readonly buffers: MessageBuffers;
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
export class H2Call implements Call, Stream, RegisteredCall {
  readonly path: string;
  readonly metadata: CallRequest['metadata'];
  readonly outgoing = new OutgoingMessages();
  receiveWindow = new ReceiveWindow(streamWindowBytes);
  streamId = 0;
  registrySlot = -1;
  registryTick = 0;
  registryPrevious: RegisteredCall | undefined;
  registryNext: RegisteredCall | undefined;
  readonly #owner: CallOwner;
  readonly #request: CallRequest;
  readonly #listener: CallListener;
  readonly #incoming: IncomingMessages;
  readonly #startedAt = performance.now();
  #connection: Connection | undefined;
  #connections = 0;
  #ended = false;
  #awaitsHeaders = true;
  #needsDrain = false;
  #httpStatus = '200';
  /** The server's last word, while messages before it are held. */
  #status: CallStatus | undefined;

  constructor(owner: CallOwner, request: CallRequest, listener: CallListener) {
    this.#owner = owner;
    this.#request = request;
    this.#listener = listener;
    this.path = request.path;
    this.metadata = request.metadata;
    this.#incoming = new IncomingMessages({
      listener,
      maxMessageBytes: owner.maxMessageBytes,
      buffers: owner.buffers,
    });
    if (request.message !== undefined) {
      this.outgoing.push(request.message);
      this.outgoing.end();
    }
    owner.calls.add(this, this.#startedAt, this.#startedAt + (request.timeoutMs ?? Number.POSITIVE_INFINITY));
  }

  get remainingMs(): number | undefined {
    const { timeoutMs } = this.#request;
    if (timeoutMs === undefined) return undefined;
    // The first connection is found at once, as a rule; the same value for all calls is one byte in the header block.
    const elapsed = performance.now() - this.#startedAt;
    return elapsed < 1 ? timeoutMs : Math.max(1, timeoutMs - elapsed);
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
      this.#endLater(sentTooLarge(message.length, maxSentMessageBytes));
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
    this.#endLater(cancelled);
  }

  pause(): void {
    this.#incoming.paused = true;
  }

  resume(): void {
    if (!this.#incoming.paused) return;
    this.#incoming.paused = false;
    // Later: the listener need not expect messages inside its own call.
    if (this.#incoming.heldBytes > 0) queueMicrotask(() => this.#readHeld());
  }

  onWritable(): void {
    if (this.#ended) return;
    this.#connection?.sendData(this);
    this.#signalDrain();
  }

  onHeaders(block: HeaderBlock, endStream: boolean): void {
    if (block.tooLarge) this.#end(localStatus(Code.RESOURCE_EXHAUSTED, 'the upstream sent too many headers'));
    else if (block.malformed) this.#end(localStatus(Code.INTERNAL, 'the upstream sent malformed headers'));
    else if (this.#awaitsHeaders) this.#onInitialHeaders(block, endStream);
    else if (endStream && block.httpStatus === undefined) this.#onServerEnd(statusOf(block, this.#httpStatus));
    else this.#end(localStatus(Code.INTERNAL, 'the upstream sent headers out of place'));
  }

  onData(chunk: Buffer, start: number, end: number): void {
    if (this.#awaitsHeaders) this.#end(localStatus(Code.INTERNAL, 'the upstream sent messages before headers'));
    if (this.#ended) return;
    const taken = this.#incoming.add(chunk, start, end);
    if (this.#ended) return;
    if (this.#incoming.failure !== undefined) {
      this.#end(this.#incoming.failure);
      return;
    }
    this.#connection?.giveBack(this, taken);
    if (taken < end - start) this.#connection?.hold(end - start - taken);
  }

  onEndStream(): void {
    const noTrailers = localStatus(Code.INTERNAL, 'the upstream ended the call without trailers');
    this.#onServerEnd(this.#httpStatus === '200' ? noTrailers : httpStatusToStatus(this.#httpStatus));
  }

  onReset(http2Code: number): void {
    if (http2Code === ErrorCode.REFUSED_STREAM && this.#beginAgain()) return;
    this.#end(http2Code === ErrorCode.CANCEL && this.#isLate ? deadlineExceeded : resetToStatus(http2Code));
  }

  onLost(unprocessed: boolean): void {
    if (this.#owner.isClosed) this.#end(cancelled);
    else if (!unprocessed)
      this.#end(localStatus(Code.UNAVAILABLE, `lost the connection to upstream ${this.#owner.target}`));
    else if (!this.#beginAgain()) this.#end(unavailable(this.#owner.target));
  }

  onDeadline(): void {
    this.#end(deadlineExceeded);
  }

  /** The deadline has passed; a server that keeps it may say so a moment before the registry comes round. */
  get #isLate(): boolean {
    const { timeoutMs } = this.#request;
    return timeoutMs !== undefined && performance.now() - this.#startedAt >= timeoutMs;
  }

  #onInitialHeaders(block: HeaderBlock, endStream: boolean): void {
    const { httpStatus = '' } = block;
    if (httpStatus.startsWith('1') && !endStream) return;
    this.#awaitsHeaders = false;
    this.#httpStatus = httpStatus;
    this.#incoming.encoding = block.encoding;
    this.#incoming.ignored = httpStatus !== '200';
    const isGrpc = block.contentType?.startsWith('application/grpc') === true;
    if (httpStatus !== '200' && !/^\d{3}$/.test(httpStatus))
      this.#end(localStatus(Code.INTERNAL, 'the upstream sent headers without a status'));
    else if (endStream) this.#onServerEnd(statusOf(block, httpStatus));
    else if (!isGrpc) this.#end(httpStatusToStatus(httpStatus));
    else if (httpStatus === '200') this.#listener.onHeaders(block.metadata);
    // Any other status: the trailers may still say what happened.
  }

  #readHeld(): void {
    if (this.#ended || this.#incoming.paused) return;
    const taken = this.#incoming.readHeld();
    if (this.#ended) return;
    if (this.#incoming.failure !== undefined) {
      this.#end(this.#incoming.failure);
      return;
    }
    this.#connection?.hold(-taken);
    this.#connection?.giveBack(this, taken);
    if (this.#status !== undefined) this.#onServerEnd(this.#status);
  }

  /** The status comes after the messages, also those that are held. */
  #onServerEnd(status: CallStatus): void {
    if (this.#incoming.heldBytes > 0) this.#status = status;
    else if (status.code === Code.DEADLINE_EXCEEDED && this.#isLate) this.#end(deadlineExceeded);
    else if (status.code === Code.OK && this.#incoming.underWay) {
      this.#end(localStatus(Code.INTERNAL, 'the upstream ended the call inside a message'));
    } else this.#end(status);
  }

  /** After a server refused the call unseen: on another connection, if all that was sent is still here. */
  #beginAgain(): boolean {
    const { message } = this.#request;
    if (!this.#awaitsHeaders || this.#connections >= maxConnections || !this.outgoing.rewind(message)) return false;
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

  #end(status: CallStatus): void {
    if (this.#ended) return;
    this.#detach();
    this.#listener.onStatus(status);
  }

  /** The same inside a call of the listener's: it hears of it later. */
  #endLater(status: CallStatus): void {
    if (this.#ended) return;
    this.#detach();
    queueMicrotask(() => this.#listener.onStatus(status));
  }

  #detach(): void {
    this.#ended = true;
    this.#owner.calls.remove(this);
    // Does nothing where the stream has left the connection by itself.
    this.#connection?.reset(this, ErrorCode.CANCEL);
    if (this.#incoming.heldBytes > 0) this.#connection?.hold(-this.#incoming.heldBytes);
    this.#incoming.stop();
    this.#owner.onEnd(this);
  }
}

export function sentTooLarge(bytes: number, maxBytes: number): CallStatus {
  return localStatus(Code.RESOURCE_EXHAUSTED, `trying to send message larger than max (${bytes} vs. ${maxBytes})`);
}
