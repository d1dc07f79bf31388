import { Readable } from 'node:stream';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { Call, CallStatus, Metadata } from '../upstream/upstream.ts';
import {
  addTrailers,
  type Exchange,
  errorLine,
  sendError,
  sendStreamError,
  setHeaders,
  tellOutcome,
  wantsTrailers,
} from './exchange.ts';
import { lingerOnRest } from './linger.ts';
import type { AnswerListener } from './request-plan.ts';
import type { Route } from './route.ts';
import { statusBody } from './status-body.ts';

/**
 * Answers a request with the messages of its call, one JSON object and a line feed each: {"result":…}, and {"error":…}
 * when it fails. Status and headers wait for the first message or the end. It is the body of the response, and reading
 * it drives the call: a client that does not read stops the upstream.
 */
export class StreamAnswer extends Readable implements AnswerListener {
  readonly borrowsMessages = true;
  readonly #exchange: Exchange;
  readonly #route: Route;
  #call: Call | undefined;
  #headers: Metadata = [];
  #state: 'waiting' | 'sending' | 'ended' = 'waiting';

  constructor(exchange: Exchange, route: Route) {
    super({ highWaterMark: 64 * 1024 });
    this.#exchange = exchange;
    this.#route = route;
  }

  onCall(call: Call): void {
    this.#call = call;
    this.#exchange.reply.raw.once('close', () => call.cancel());
  }

  onHeaders(metadata: Metadata): void {
    this.#headers = metadata;
  }

  onMessage(message: Uint8Array): void {
    if (this.#state === 'ended') return;
    try {
      const { contentType, data, raw, lender } = this.#route.writeResponse(message);
      const piece = raw ? data : resultLine(data);
      lender?.release(data);
      if (this.#state === 'waiting') this.#begin(contentType);
      if (!this.push(piece)) this.#call?.pause();
    } catch (thrown) {
      this.onFault(StatusError.from(thrown));
    }
  }

  onStatus(status: CallStatus): void {
    if (this.#state === 'ended') return;
    if (status.code !== Code.OK) {
      this.#fail(new StatusError(status.code, status.message, status));
      return;
    }
    if (wantsTrailers(this.#exchange.request)) addTrailers(this.#exchange.reply, status.trailers);
    if (this.#state === 'waiting') this.#begin(undefined);
    tellOutcome(this.#exchange, Code.OK);
    this.#end();
  }

  onFault(error: StatusError): void {
    if (this.#state === 'ended') return;
    this.#fail(error);
    this.#call?.cancel();
  }

  override _read(): void {
    this.#call?.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#state === 'sending') tellOutcome(this.#exchange, Code.CANCELLED);
    this.#state = 'ended';
    this.#call?.cancel();
    done(error);
  }

  /** @param contentType undefined for a stream without messages, which has no content to be of a type. */
  #begin(contentType: string | undefined): void {
    this.#state = 'sending';
    lingerOnRest(this.#exchange.request.raw, this.#exchange.reply.raw);
    setHeaders(this.#exchange, this.#headers);
    if (contentType !== undefined) this.#exchange.reply.type(contentType);
    this.#exchange.reply.send(this);
  }

  #fail(error: StatusError): void {
    if (this.#state === 'waiting') {
      this.#state = 'ended';
      setHeaders(this.#exchange, this.#headers);
      // A request that was refused has no stream: it is answered like any other.
      if (this.#call === undefined) sendError(this.#exchange, error);
      else sendStreamError(this.#exchange, error);
      return;
    }
    tellOutcome(this.#exchange, error.code);
    this.push(errorLine(statusBody(error, this.#exchange.index.codecs)));
    this.#end();
  }

  #end(): void {
    this.#state = 'ended';
    this.push(null);
  }
}

const resultStart = Buffer.from('{"result":');
const resultEnd = Buffer.from('}\n');

function resultLine(json: Uint8Array): Buffer {
  return Buffer.concat([resultStart, json, resultEnd]);
}
