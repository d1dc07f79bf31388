import type {
  Client,
  ClientDuplexStream,
  ClientReadableStream,
  Metadata as GrpcMetadata,
  StatusObject,
} from '@grpc/grpc-js';
import { Code } from '../../status/code.ts';
import { cancelled, deadlineExceeded, unavailable } from '../local-status.ts';
import { parseStatusDetails } from '../status-details.ts';
import type { Call, CallListener, CallRequest, CallStatus } from '../upstream.ts';
import type { UpstreamEvent } from '../upstream-options.ts';
import { fromGrpcMetadata } from './metadata-conversion.ts';

export interface GrpcJsCallOptions {
  readonly client: Client;
  readonly target: string;
  readonly request: CallRequest;
  readonly metadata: GrpcMetadata;
  readonly listener: CallListener;
  readonly onEnd: () => void;
  readonly onEvent: ((event: UpstreamEvent) => void) | undefined;
}

type DuplexStream = ClientDuplexStream<Uint8Array, Buffer>;

/**
 * One call on grpc-js. A request of one message goes as "server streaming", which takes the answer of a unary method
 * just as well; everything else goes as "bidirectional streaming".
 */
export class GrpcJsCall implements Call {
  readonly #options: GrpcJsCallOptions;
  readonly #listener: CallListener;
  readonly #answer: ClientReadableStream<Buffer>;
  readonly #requests: DuplexStream | undefined;
  /** Milliseconds since 1970. */
  readonly #deadline: number;
  #status: StatusObject | undefined;
  #answered = false;
  #readAll = false;
  #paused = false;
  #cancelled = false;
  #ended = false;

  constructor(options: GrpcJsCallOptions) {
    this.#options = options;
    this.#listener = options.listener;
    const { client, request, metadata } = options;
    this.#deadline = Date.now() + (request.timeoutMs ?? Number.POSITIVE_INFINITY);
    const callOptions = { deadline: this.#deadline };
    if (request.message === undefined) {
      this.#requests = client.makeBidiStreamRequest(request.path, toBuffer, identity, metadata, callOptions);
      this.#requests.on('drain', () => this.#ended || this.#listener.onDrain?.());
      this.#answer = this.#requests;
    } else {
      this.#answer = client.makeServerStreamRequest(
        request.path,
        toBuffer,
        identity,
        request.message,
        metadata,
        callOptions,
      );
    }
    this.#answer.on('metadata', (received: GrpcMetadata) => this.#onHeaders(received));
    this.#answer.on('data', (message: Buffer) => this.#ended || this.#listener.onMessage(message));
    this.#answer.on('end', () => this.#onReadAll());
    this.#answer.on('status', (status: StatusObject) => this.#onStatus(status));
    // The same failure arrives as 'status'; without a listener here Node would throw it.
    this.#answer.on('error', () => undefined);
  }

  send(message: Uint8Array): boolean {
    if (this.#ended || this.#requests === undefined || this.#requests.writableEnded) return true;
    return this.#requests.write(message);
  }

  end(): void {
    if (!this.#ended) this.#requests?.end();
  }

  cancel(): void {
    if (this.#ended) return;
    this.#cancelled = true;
    this.#answer.cancel();
  }

  pause(): void {
    if (this.#ended) return;
    this.#paused = true;
    this.#answer.pause();
  }

  resume(): void {
    if (this.#ended) return;
    this.#paused = false;
    this.#answer.resume();
  }

  #onHeaders(received: GrpcMetadata): void {
    if (this.#ended) return;
    this.#answered = true;
    this.#listener.onHeaders(fromGrpcMetadata(received));
  }

  #onReadAll(): void {
    this.#readAll = true;
    if (this.#status !== undefined) this.#finish(this.#status);
  }

  /** The status waits for messages that are not read yet, except where the call was given up on this side. */
  #onStatus(status: StatusObject): void {
    this.#status = status;
    const givenUp = this.#cancelled || (status.code === Code.DEADLINE_EXCEEDED && this.#paused);
    if (this.#readAll || givenUp) this.#finish(status);
  }

  #finish(status: StatusObject): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd();
    this.#listener.onStatus(this.#toCallStatus(status));
    // Lets go of what a paused reader has left behind.
    this.#answer.resume();
  }

  #toCallStatus({ code, details, metadata }: StatusObject): CallStatus {
    const neverArrived = code === Code.UNAVAILABLE && !this.#answered && metadata.get('content-type').length === 0;
    if (neverArrived) {
      const { target, onEvent } = this.#options;
      onEvent?.({ event: 'call-failed', target, reason: details });
      return unavailable(target);
    }
    if (code === Code.DEADLINE_EXCEEDED && Date.now() >= this.#deadline) return deadlineExceeded;
    if (this.#cancelled) return cancelled;
    const [packed] = metadata.get('grpc-status-details-bin');
    return {
      code: knownCode(code),
      message: details,
      details: packed instanceof Buffer ? parseStatusDetails(packed.toString('base64')) : [],
      trailers: fromGrpcMetadata(metadata),
    };
  }
}

function toBuffer(message: Uint8Array): Buffer {
  return Buffer.isBuffer(message) ? message : Buffer.from(message.buffer, message.byteOffset, message.byteLength);
}

function identity(message: Buffer): Buffer {
  return message;
}

/** grpc-js hands out NaN for a grpc-status that is no number, and undefined where it cannot decompress. */
function knownCode(code: number | undefined): number {
  if (code === undefined) return Code.INTERNAL;
  return Number.isInteger(code) ? code : Code.UNKNOWN;
}
