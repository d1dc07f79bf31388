import type { FastifyReply } from 'fastify';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { CallStatus, Metadata } from '../upstream/upstream.ts';
import { type Exchange, sendAnswer, sendError, setHeaders } from './exchange.ts';
import type { Route } from './route.ts';
import { type AnswerListener, type RequestPlan, sendRequest } from './send-request.ts';

/** Makes the call and answers with its one message. Throws StatusError when the request is bad. */
export async function answerUnary(exchange: Exchange, route: Route, plan: RequestPlan): Promise<FastifyReply> {
  const answer = new UnaryAnswer();
  const call = await sendRequest(plan, answer);
  exchange.reply.raw.once('close', () => call.cancel());
  const status = await answer.status;
  setHeaders(exchange, answer.headers);
  if (status.code !== Code.OK) {
    return sendError(exchange, new StatusError(status.code, status.message, status), status.trailers);
  }
  if (answer.message === undefined)
    throw new StatusError(Code.INTERNAL, 'the upstream ended the call without an answer');
  const { contentType, data } = route.writeResponse(answer.message);
  exchange.reply.type(contentType);
  return sendAnswer(exchange, data, status.trailers);
}

class UnaryAnswer implements AnswerListener {
  readonly #status = Promise.withResolvers<CallStatus>();
  readonly status = this.#status.promise;
  headers: Metadata = [];
  message: Uint8Array | undefined;

  onHeaders(metadata: Metadata): void {
    this.headers = metadata;
  }

  onMessage(message: Uint8Array): void {
    this.message = message;
  }

  onStatus(status: CallStatus): void {
    this.#status.resolve(status);
  }

  fail(error: StatusError): void {
    this.#status.reject(error);
  }
}
