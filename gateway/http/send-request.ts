import type { Readable } from 'node:stream';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { isHttpBody } from '../transcoding/http-body.ts';
import { isRawContent, type RequestParts } from '../transcoding/request-reader.ts';
import { JsonSplitter } from '../transcoding/split-json.ts';
import type { Call, CallListener, Metadata } from '../upstream/upstream.ts';
import { readBody } from './read-body.ts';
import type { Route } from './route.ts';

/** Everything that a call needs but its listener. */
export interface RequestPlan {
  readonly route: Route;
  readonly parts: Omit<RequestParts, 'body'>;
  readonly metadata: Metadata;
  readonly timeoutMs: number | undefined;
  readonly body: Readable;
  readonly contentLength: string | undefined;
  readonly maxBodyBytes: number;
}

export interface AnswerListener extends CallListener {
  /** The request turned out bad after the call had begun; the call is cancelled. */
  fail(error: StatusError): void;
}

/**
 * Starts the call of a request. Throws StatusError, and makes no call, when the message (of a streaming request the
 * first one) cannot be read.
 */
export async function sendRequest(plan: RequestPlan, listener: AnswerListener): Promise<Call> {
  return plan.route.clientStreaming ? streamRequest(plan, listener) : unaryRequest(plan, listener);
}

const noBody = new Uint8Array();

async function unaryRequest(plan: RequestPlan, listener: AnswerListener): Promise<Call> {
  const { route, parts } = plan;
  const body = route.readsBody ? await readBody(plan.body, plan.maxBodyBytes, plan.contentLength) : noBody;
  return start(plan, listener, route.readRequest({ ...parts, body }));
}

async function streamRequest(plan: RequestPlan, listener: AnswerListener): Promise<Call> {
  const messages = requestMessages(plan);
  // A bidirectional call begins at once, for the server may speak first; otherwise a bad first message makes no call.
  const first = plan.route.serverStreaming ? undefined : await messages.next();
  let drained = Promise.withResolvers<void>();
  const call = start(plan, {
    onHeaders: (metadata) => listener.onHeaders(metadata),
    onMessage: (message) => listener.onMessage(message),
    onStatus: (status) => {
      drained.resolve();
      plan.body.destroy();
      listener.onStatus(status);
    },
    onDrain: () => drained.resolve(),
  });
  const send = async (message: Uint8Array): Promise<void> => {
    if (call.send(message)) return;
    await drained.promise;
    drained = Promise.withResolvers();
  };
  const sendAll = async (): Promise<void> => {
    if (first?.done === false) await send(first.value);
    for await (const message of messages) await send(message);
    call.end();
  };
  sendAll().catch((thrown: unknown) => {
    listener.fail(StatusError.from(thrown));
    call.cancel();
  });
  return call;
}

async function* requestMessages(plan: RequestPlan): AsyncGenerator<Uint8Array, undefined> {
  const { route, parts } = plan;
  const read = (body: Uint8Array): Uint8Array => route.readRequest({ ...parts, body });
  const raw = isHttpBody(route.binding.method.input) && isRawContent(parts.contentType);
  const splitter = new JsonSplitter(plan.maxBodyBytes);
  try {
    for await (const chunk of plan.body as AsyncIterable<Buffer>) {
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

function start(plan: RequestPlan, listener: CallListener, message?: Uint8Array): Call {
  const { route, metadata, timeoutMs } = plan;
  return route.upstream.start(
    { path: route.rpc, metadata, timeoutMs, idempotent: route.idempotent, ...(message !== undefined && { message }) },
    listener,
  );
}
