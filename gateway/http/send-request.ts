import type { Readable } from 'node:stream';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { isHttpBody } from '../transcoding/http-body.ts';
import { isRawContent, type RequestParts } from '../transcoding/request-reader.ts';
import { JsonSplitter } from '../transcoding/split-json.ts';
import type { Call, CallListener, Metadata } from '../upstream/upstream.ts';
import { type BodyLimits, readBody } from './read-body.ts';
import type { Route } from './route.ts';

/** Everything that a call needs but its listener. */
export interface RequestPlan {
  readonly route: Route;
  readonly parts: Omit<RequestParts, 'body'>;
  readonly metadata: Metadata;
  readonly timeoutMs: number | undefined;
  readonly body: Readable;
  readonly limits: BodyLimits;
}

export interface AnswerListener extends CallListener {
  /** Called once the call is made, before anything of it arrives. */
  onCall(call: Call): void;
  /** The request is bad: no call is made, or the one that was made is cancelled. */
  onFault(error: StatusError): void;
}

/**
 * Makes the call of a request. When its message (of a client stream the first one) cannot be read no call is made; the
 * listener is told.
 */
export function sendRequest(plan: RequestPlan, listener: AnswerListener): void {
  if (plan.route.clientStreaming) {
    streamRequest(plan, listener).catch((thrown: unknown) => listener.onFault(StatusError.from(thrown)));
  } else if (plan.route.readsBody) {
    readBody(plan.body, plan.limits, (body) => {
      if (body instanceof StatusError) listener.onFault(body);
      else unaryRequest(plan, body, listener);
    });
  } else {
    unaryRequest(plan, noBody, listener);
  }
}

const noBody = new Uint8Array();

function unaryRequest(plan: RequestPlan, body: Uint8Array, listener: AnswerListener): void {
  let message: Uint8Array;
  try {
    message = plan.route.readRequest({ ...plan.parts, body });
  } catch (thrown) {
    listener.onFault(StatusError.from(thrown));
    return;
  }
  listener.onCall(startCall(plan, listener, message));
}

async function streamRequest(plan: RequestPlan, listener: AnswerListener): Promise<void> {
  const messages = requestMessages(plan);
  // A bidirectional call begins at once, for the server may speak first; otherwise a bad first message makes no call.
  const first = plan.route.serverStreaming ? undefined : await messages.next();
  let room = Promise.withResolvers<void>();
  let over = false;
  const call = startCall(plan, {
    onHeaders: (metadata) => listener.onHeaders(metadata),
    onMessage: (message) => listener.onMessage(message),
    onStatus: (status) => {
      over = true;
      room.resolve();
      listener.onStatus(status);
    },
    onDrain: () => room.resolve(),
  });
  listener.onCall(call);
  const send = async (message: Uint8Array): Promise<void> => {
    if (over || call.send(message)) return;
    await room.promise;
    room = Promise.withResolvers();
  };
  if (first?.done === false) await send(first.value);
  for await (const message of messages) await send(message);
  call.end();
}

async function* requestMessages(plan: RequestPlan): AsyncGenerator<Uint8Array, undefined> {
  const { route, parts } = plan;
  const read = (body: Uint8Array): Uint8Array => route.readRequest({ ...parts, body });
  const raw = isHttpBody(route.binding.method.input) && isRawContent(parts.contentType);
  const splitter = new JsonSplitter(plan.limits.maxBytes);
  try {
    // Not destroyed when this stops early: with the body the connection would go, and the answer with it.
    for await (const chunk of plan.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (raw) yield read(chunk);
      else for (const value of splitter.push(chunk)) yield read(value);
    }
  } catch (thrown) {
    if (thrown instanceof StatusError) throw thrown;
    throw new StatusError(Code.CANCELLED, 'the request body was cut short', { cause: thrown });
  }
  const rest = splitter.end();
  if (rest !== undefined) yield read(rest);
}

function startCall(plan: RequestPlan, listener: CallListener, message?: Uint8Array): Call {
  const { route, metadata, timeoutMs } = plan;
  return route.upstream.start(
    { path: route.rpc, metadata, timeoutMs, idempotent: route.idempotent, ...(message !== undefined && { message }) },
    listener,
  );
}
