import { Metadata, type MethodDefinition, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { Code } from '../../gateway/status/code.ts';
import { StatusError } from '../../gateway/status/status-error.ts';
import type { Logger } from '../../gateway/telemetry/logger.ts';
import { deadlineOf } from './deadline.ts';
import { copyTraceHeaders, identityOf } from './trace-headers.ts';

/** What belongs to one call and to no other. */
export interface CallContext {
  /** Trace headers of the caller: metadata for the calls that this one makes. */
  readonly trace: Metadata;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Aborted when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
  /** Its lines carry the ids of the request. */
  readonly log: Logger;
  /** Header metadata of the answer; the handler adds to it. */
  readonly answerHeaders: Metadata;
}

export type UnaryHandler<Request, Response> = (request: Request, context: CallContext) => Promise<Response> | Response;

/** A unary method and its handler, in the form that grpc-js takes. */
export interface ServedMethod {
  readonly definition: MethodDefinition<Buffer, object>;
  readonly handle: (call: ServerUnaryCall<Buffer, object>, answer: sendUnaryData<object>) => void;
}

/**
 * Wraps a handler for grpc-js: what it throws becomes the status of the call. A request that cannot be parsed is
 * parsed here and not by grpc-js, whose own answer to it would reach neither the log nor the metrics.
 */
export function unary<Request extends object, Response extends object>(
  definition: MethodDefinition<object, object> | undefined,
  log: Logger,
  handler: UnaryHandler<Request, Response>,
): ServedMethod {
  if (definition === undefined) throw new TypeError('a handler for a method that its service does not have');
  const run = async (call: ServerUnaryCall<Buffer, object>): Promise<Response | undefined> => {
    const cancellation = new AbortController();
    // grpc-js says so at the end of every call; aborting costs an error with its stack.
    let finished = false;
    call.once('cancelled', () => {
      if (!finished) cancellation.abort();
    });
    const answerHeaders = new Metadata();
    const response = await handler(parse<Request>(definition, call.request), {
      trace: copyTraceHeaders(call.metadata),
      deadline: deadlineOf(call.getDeadline(), Date.now()),
      signal: cancellation.signal,
      log: log.child(identityOf(call.metadata)),
      answerHeaders,
    });
    finished = true;
    if (!call.cancelled && Object.keys(answerHeaders.getMap()).length > 0) call.sendMetadata(answerHeaders);
    return response;
  };
  return {
    definition: { ...definition, requestDeserialize: (bytes: Buffer) => bytes, requestSerialize: (bytes) => bytes },
    handle: (call, answer) => {
      run(call).then(
        (response) => answer(null, response),
        (thrown: unknown) => {
          const error = StatusError.from(thrown);
          if (error.code === Code.INTERNAL) log.error({ err: error.cause ?? error }, `${definition.path} failed`);
          answer({ code: error.code, details: error.message });
        },
      );
    },
  };
}

function parse<Request extends object>(definition: MethodDefinition<object, object>, bytes: Buffer): Request {
  try {
    return definition.requestDeserialize(bytes) as Request;
  } catch (error) {
    throw new StatusError(Code.INVALID_ARGUMENT, 'the request message cannot be parsed', { cause: error });
  }
}
