import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { isHttpBody } from '../transcoding/http-body.ts';
import { isRawContent } from '../transcoding/request-reader.ts';
import { JsonSplitter } from '../transcoding/split-json.ts';
import type { Call } from '../upstream/upstream.ts';
import { type AnswerListener, type RequestPlan, startCall } from './request-plan.ts';

/**
 * Sends the messages of a request as its body arrives: JSON values that follow each other, or the chunks of an HttpBody.
 * The body is read no faster than the upstream takes it.
 */
export class StreamedRequest {
  readonly #plan: RequestPlan;
  readonly #listener: AnswerListener;
  readonly #splitter: JsonSplitter;
  /** Chunks are messages as they are. */
  readonly #raw: boolean;
  #call: Call | undefined;
  #ended = false;

  constructor(plan: RequestPlan, listener: AnswerListener) {
    this.#plan = plan;
    this.#listener = listener;
    this.#splitter = new JsonSplitter(plan.limits.maxBytes);
    this.#raw = isHttpBody(plan.route.binding.method.input) && isRawContent(plan.parts.contentType);
  }

  start(): void {
    // A bidirectional call begins at once, for the server may speak first; otherwise a bad first message makes no call.
    if (this.#plan.route.serverStreaming) this.#begin();
    const { body } = this.#plan;
    if (body === undefined) this.#onEnd();
    else body.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onCut).on('close', this.#onCut);
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      for (const value of this.#raw ? [chunk] : this.#splitter.push(chunk)) {
        if (this.#ended) return;
        this.#send(value);
      }
    } catch (thrown) {
      this.#fail(StatusError.from(thrown));
    }
  };

  readonly #onEnd = (): void => {
    try {
      const rest = this.#splitter.end();
      if (rest !== undefined) this.#send(rest);
    } catch (thrown) {
      this.#fail(StatusError.from(thrown));
      return;
    }
    this.#stop();
    this.#begin().end();
  };

  readonly #onCut = (): void => this.#fail(new StatusError(Code.CANCELLED, 'the request body was cut short'));

  #send(value: Uint8Array): void {
    const { route, parts, body } = this.#plan;
    const message = route.readRequest({ ...parts, body: value });
    if (!this.#begin().send(message)) body?.pause();
  }

  #begin(): Call {
    if (this.#call === undefined) {
      const listener = this.#listener;
      this.#call = startCall(this.#plan, {
        borrowsMessages: true,
        onHeaders: (metadata) => listener.onHeaders(metadata),
        onMessage: (message) => listener.onMessage(message),
        onStatus: (status) => {
          this.#stop();
          listener.onStatus(status);
        },
        onDrain: () => this.#plan.body?.resume(),
      });
      listener.onCall(this.#call);
    }
    return this.#call;
  }

  #fail(error: StatusError): void {
    this.#stop();
    this.#listener.onFault(error);
  }

  /** What is left of the body is not looked at; the answer waits for it (linger.ts). */
  #stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#plan.body
      ?.off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('error', this.#onCut)
      .off('close', this.#onCut)
      .on('error', ignore);
  }
}

function ignore(): void {}
