import type { Readable } from 'node:stream';
import type { StatusError } from '../status/status-error.ts';
import type { RequestParts } from '../transcoding/request-reader.ts';
import type { Call, CallListener, Metadata } from '../upstream/upstream.ts';
import type { BodyLimits } from './read-body.ts';
import type { Route } from './route.ts';

/** Everything that a call needs but its listener. */
export interface RequestPlan {
  readonly route: Route;
  readonly parts: Omit<RequestParts, 'body'>;
  readonly metadata: Metadata;
  readonly timeoutMs: number | undefined;
  /** Undefined: the request has none. */
  readonly body: Readable | undefined;
  readonly limits: BodyLimits;
}

export interface AnswerListener extends CallListener {
  readonly borrowsMessages: true;
  /** Called once the call is made, before anything of it arrives. */
  onCall(call: Call): void;
  /** The request is bad: no call is made, or the one that was made is cancelled. */
  onFault(error: StatusError): void;
}

/** @param message of a unary request; a streaming one sends its messages by the call. */
export function startCall(plan: RequestPlan, listener: CallListener, message?: Uint8Array): Call {
  const { route, metadata, timeoutMs } = plan;
  return route.upstream.start(
    { path: route.rpc, metadata, timeoutMs, idempotent: route.idempotent, ...(message !== undefined && { message }) },
    listener,
  );
}
