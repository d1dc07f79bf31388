import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Code, httpStatusOf } from '../status/code.ts';
import type { StatusError } from '../status/status-error.ts';
import { jsonContentType, type ResponseContent } from '../transcoding/response-writer.ts';
import type { Metadata } from '../upstream/upstream.ts';
import { lingerOnRest } from './linger.ts';
import { type HeaderFields, responseHeaders, responseTrailers } from './response-headers.ts';
import type { Route } from './route.ts';
import type { RouteIndex } from './route-index.ts';
import type { Settings } from './settings.ts';
import { statusBody } from './status-body.ts';

/** One request and its answer. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly settings: Settings;
  readonly index: RouteIndex;
  /** Undefined until one is found. */
  readonly route: Route | undefined;
}

const none: Metadata = [];

/** Sets the headers that an answer's initial metadata stands for, and the HTTP status if the settings say so. */
export function setHeaders({ reply, settings }: Exchange, metadata: Metadata): void {
  if (settings.statusMetadata !== undefined) {
    const status = metadata.find(([name]) => name === settings.statusMetadata)?.[1] ?? '';
    if (/^[2-5]\d\d$/.test(status)) reply.code(Number(status));
  }
  if (metadata.length > 0) reply.headers(responseHeaders(metadata, settings.responseHeaders));
}

/** Sends the answer of a call, its trailers behind it if the client takes them (TE: trailers, RFC 9110, section 6.5.1). */
export function sendAnswer(exchange: Exchange, content: ResponseContent, trailers: Metadata): void {
  const { request, reply, settings } = exchange;
  const { contentType, data, lender } = content;
  tellOutcome(exchange, Code.OK);
  lingerOnRest(request.raw, reply.raw);
  reply.type(contentType);
  if (lender === undefined) {
    sendBody(exchange, data, trailers);
  } else if (settings.reuseBuffers) {
    sendBody(exchange, data, trailers);
    whenWritten(reply.raw, () => lender.release(data));
  } else {
    const copy = Buffer.from(data);
    lender.release(data);
    sendBody(exchange, copy, trailers);
  }
}

/** Answers with google.rpc.Status JSON, or as the `onError` hook has it. */
export function sendError(exchange: Exchange, error: StatusError, trailers: Metadata = none): FastifyReply {
  const { index } = exchange;
  setErrorHead(exchange, error);
  const shaped = askOnError(exchange, error);
  if (shaped !== undefined) return shaped;
  return sendBody(exchange, Buffer.from(statusBody(error, index.codecs)), trailers);
}

/** The error of a streaming call that had no message yet: its status, in the shape of a stream's last line. */
export function sendStreamError(exchange: Exchange, error: StatusError): FastifyReply {
  const { reply, settings, index } = exchange;
  if (settings.onError !== undefined) return sendError(exchange, error);
  setErrorHead(exchange, error);
  return reply.send(Buffer.from(errorLine(statusBody(error, index.codecs))));
}

/** {"error":google.rpc.Status} and a line feed: how a stream ends that fails. */
export function errorLine(status: string): string {
  return `{"error":${status}}\n`;
}

export function wantsTrailers(request: FastifyRequest): boolean {
  return String(request.headers['te'] ?? '')
    .toLowerCase()
    .includes('trailers');
}

/** Node writes them behind the last chunk of a chunked body. */
export function addTrailers(reply: FastifyReply, trailers: Metadata): HeaderFields {
  const fields = responseTrailers(trailers);
  reply.raw.addTrailers(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'string'
        ? [[name, value] as [string, string]]
        : value.map((one) => [name, one] as [string, string]),
    ),
  );
  return fields;
}

/** The app's own answer to an error; undefined without a hook, and when the hook fails. */
function askOnError({ request, reply, settings }: Exchange, error: StatusError): FastifyReply | undefined {
  if (settings.onError === undefined) return undefined;
  try {
    return settings.onError(error, request, reply);
  } catch (err) {
    request.log.error({ err }, 'onError failed');
    return reply.sent ? reply : undefined;
  }
}

function setErrorHead(exchange: Exchange, error: StatusError): void {
  const { request, reply } = exchange;
  tellOutcome(exchange, error.code);
  lingerOnRest(request.raw, reply.raw);
  if (error.cause !== undefined && isOurFault(error)) request.log.error({ err: error.cause }, error.message);
  reply.code(error.httpStatus ?? httpStatusOf(error.code)).type(jsonContentType);
  if (error.headers !== undefined) reply.headers(error.headers);
  if (error.code === Code.UNAUTHENTICATED && /^[\x20-\x7e]*$/.test(error.message)) {
    reply.header('www-authenticate', error.message);
  }
}

/** What an operator has to look at; the rest is between the client and its upstream. */
function isOurFault({ code }: StatusError): boolean {
  return code === Code.INTERNAL || code === Code.UNKNOWN || code === Code.DATA_LOSS;
}

/** Bytes, not text: to text in JSON Fastify would add a charset, which application/json does not have (RFC 8259). */
function sendBody(exchange: Exchange, body: Buffer, trailers: Metadata): FastifyReply {
  const { request, reply } = exchange;
  if (trailers.length === 0 || !wantsTrailers(request)) return reply.send(body);
  const names = Object.keys(addTrailers(reply, trailers));
  if (names.length === 0) return reply.send(body);
  reply.header('trailer', names);
  return reply.send(Readable.from([body]));
}

/** Mostly the system takes an answer as soon as it is sent. */
function whenWritten(response: ServerResponse, then: () => void): void {
  if (response.writableEnded && response.writableLength === 0) then();
  else response.once('finish', then);
}

export function tellOutcome({ request, settings, route }: Exchange, code: number): void {
  if (settings.onOutcome === undefined) return;
  try {
    settings.onOutcome(request, {
      template: route?.binding.template,
      rpc: route?.rpc,
      streaming: route !== undefined && route.binding.method.methodKind !== 'unary',
      code,
    });
  } catch (err) {
    request.log.error({ err }, 'onOutcome failed');
  }
}
