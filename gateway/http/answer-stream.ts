import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { ResponseContent } from '../transcoding/response-writer.ts';
import { jsonContentType } from '../transcoding/response-writer.ts';
import type { Call, CallStatus, Metadata } from '../upstream/upstream.ts';
import {
  addTrailers,
  type Exchange,
  errorLine,
  sendStreamError,
  setHeaders,
  tellOutcome,
  wantsTrailers,
} from './exchange.ts';
import type { Route } from './route.ts';
import { type AnswerListener, type RequestPlan, sendRequest } from './send-request.ts';
import { statusBody } from './status-body.ts';

/**
 * Makes the call and answers with its messages, one JSON object and a line feed each: {"result":…}, and {"error":…} when
 * it fails. Status and headers wait for the first message or the end. Throws StatusError when the request is bad.
 */
export async function answerStream(exchange: Exchange, route: Route, plan: RequestPlan): Promise<FastifyReply> {
  const { reply } = exchange;
  const answer = new StreamAnswer(exchange, route);
  const call = await sendRequest(plan, answer);
  answer.call = call;
  reply.raw.once('close', () => call.cancel());
  const first = await answer.begun;
  setHeaders(exchange, answer.headers);
  if (first instanceof StatusError) return sendStreamError(exchange, first);
  reply.type(first?.contentType ?? jsonContentType);
  return reply.send(answer);
}

/** The body of the response. Reading drives the call: a client that does not read stops the upstream. */
class StreamAnswer extends Readable implements AnswerListener {
  readonly #exchange: Exchange;
  readonly #route: Route;
  readonly #begun = Promise.withResolvers<ResponseContent | StatusError | undefined>();
  #sent = false;
  #ended = false;
  /** The first message, the error instead of it, or undefined for a stream without messages. */
  readonly begun = this.#begun.promise;
  headers: Metadata = [];
  call: Call | undefined;

  constructor(exchange: Exchange, route: Route) {
    super({ highWaterMark: 64 * 1024 });
    this.#exchange = exchange;
    this.#route = route;
  }

  onHeaders(metadata: Metadata): void {
    this.headers = metadata;
  }

  onMessage(message: Uint8Array): void {
    if (this.#ended) return;
    try {
      const content = this.#route.writeResponse(message);
      this.#sent = true;
      this.#begun.resolve(content);
      if (!this.push(content.raw ? content.data : resultLine(content.data))) this.call?.pause();
    } catch (thrown) {
      this.fail(StatusError.from(thrown));
      this.call?.cancel();
    }
  }

  onStatus(status: CallStatus): void {
    if (this.#ended) return;
    if (status.code !== Code.OK) {
      this.fail(new StatusError(status.code, status.message, status));
      return;
    }
    this.#ended = true;
    tellOutcome(this.#exchange, Code.OK);
    if (wantsTrailers(this.#exchange.request)) addTrailers(this.#exchange.reply, status.trailers);
    this.#begun.resolve(undefined);
    this.push(null);
  }

  fail(error: StatusError): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#sent) {
      this.#begun.resolve(error);
      return;
    }
    tellOutcome(this.#exchange, error.code);
    this.push(errorLine(statusBody(error, this.#exchange.index.codecs)));
    this.push(null);
  }

  override _read(): void {
    this.call?.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#ended = true;
    this.call?.cancel();
    done(error);
  }
}

const resultStart = Buffer.from('{"result":');
const lineEnd = Buffer.from('}\n');

function resultLine(json: Uint8Array): Buffer {
  return Buffer.concat([resultStart, json, lineEnd]);
}
