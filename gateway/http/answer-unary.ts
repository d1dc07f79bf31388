import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { ResponseContent } from '../transcoding/response-writer.ts';
import type { Call, CallStatus, Metadata } from '../upstream/upstream.ts';
import { type Exchange, sendAnswer, sendError, setHeaders } from './exchange.ts';
import type { AnswerListener } from './request-plan.ts';
import type { Route } from './route.ts';

/** Answers a request with the one message of its call, or with its error. */
export class UnaryAnswer implements AnswerListener {
  readonly borrowsMessages = true;
  readonly #exchange: Exchange;
  readonly #route: Route;
  #call: Call | undefined;
  #headers: Metadata = [];
  #content: ResponseContent | StatusError | undefined;
  #answered = false;

  constructor(exchange: Exchange, route: Route) {
    this.#exchange = exchange;
    this.#route = route;
  }

  onCall(call: Call): void {
    this.#call = call;
    this.#exchange.reply.raw.on('close', () => call.cancel());
  }

  onHeaders(metadata: Metadata): void {
    this.#headers = metadata;
  }

  onMessage(message: Uint8Array): void {
    if (this.#content === undefined) this.#content = this.#write(message);
    else this.onFault(new StatusError(Code.INTERNAL, 'the upstream gave more than one answer'));
  }

  onStatus(status: CallStatus): void {
    if (this.#answered) return;
    this.#answered = true;
    setHeaders(this.#exchange, this.#headers);
    const content = this.#contentOf(status);
    if (content instanceof StatusError) sendError(this.#exchange, content, status.trailers);
    else sendAnswer(this.#exchange, content, status.trailers);
  }

  onFault(error: StatusError): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#call?.cancel();
    sendError(this.#exchange, error);
  }

  #write(message: Uint8Array): ResponseContent | StatusError {
    try {
      return this.#route.writeResponse(message);
    } catch (thrown) {
      return StatusError.from(thrown);
    }
  }

  #contentOf(status: CallStatus): ResponseContent | StatusError {
    if (status.code !== Code.OK) return new StatusError(status.code, status.message, status);
    return this.#content ?? new StatusError(Code.INTERNAL, 'the upstream ended the call without an answer');
  }
}
