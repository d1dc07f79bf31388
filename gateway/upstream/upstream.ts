import type { StatusDetail } from '../status/status-error.ts';

/**
 * gRPC metadata in order of arrival: lower-case names, repeated names allowed.
 * The value of a name that ends in "-bin" is base64 (padded), as it stands on the wire.
 */
export type Metadata = readonly (readonly [name: string, value: string])[];

/** What ends a call (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Responses). */
export interface CallStatus {
  readonly code: number;
  readonly message: string;
  /** From grpc-status-details-bin. */
  readonly details: readonly StatusDetail[];
  /** Without grpc-status, grpc-message and grpc-status-details-bin. */
  readonly trailers: Metadata;
}

export interface CallRequest {
  /** "/package.Service/Method" */
  readonly path: string;
  /** Entries that gRPC does not allow, or that belong to the protocol itself (content-type, te …), are left out. */
  readonly metadata: Metadata;
  /** Milliseconds from now after which the call ends with DEADLINE_EXCEEDED; undefined: never. */
  readonly timeoutMs: number | undefined;
  /** The method may be repeated safely (idempotency_level, or HTTP GET): retries apply to it. */
  readonly idempotent: boolean;
  /**
   * Unary request: sent and half-closed at once, and repeatable; `Call.send` and `Call.end` must not be used. The bytes
   * stay as they are until the call has ended.
   */
  readonly message?: Uint8Array;
}

/** Called never before `start` has returned; `onStatus` exactly once and last. */
export interface CallListener {
  /** The listener reads a message inside `onMessage` only, and so spares the buffer that it would keep. */
  readonly borrowsMessages?: boolean;
  /** Initial metadata; left out when the answer is trailers only. */
  onHeaders(metadata: Metadata): void;
  /** One whole message, decompressed. The bytes are the listener's to keep, unless it borrows them. */
  onMessage(message: Uint8Array): void;
  onStatus(status: CallStatus): void;
  /** There is room for more after `send` gave false. */
  onDrain?(): void;
}

/** One call under way. After `onStatus` every method does nothing. */
export interface Call {
  /** Sends one message, whose bytes stay as they are; false: wait for `onDrain` before the next one. */
  send(message: Uint8Array): boolean;
  /** Half-closes: no message follows. */
  end(): void;
  /** Ends the call with CANCELLED (RST_STREAM CANCEL to the server). */
  cancel(): void;
  /** Stops reading: the server is held by flow control, at most a window of messages still arrives. */
  pause(): void;
  resume(): void;
}

/** Calls on raw message bytes to one target. */
export interface Upstream {
  start(request: CallRequest, listener: CallListener): Call;
  /** Resolves to true once a connection stands, to false when none could be made within the time. */
  ready(timeoutMs: number): Promise<boolean>;
  /** Lets calls under way finish, then closes every connection; at the latest after the time. */
  close(graceMs: number): Promise<void>;
}
