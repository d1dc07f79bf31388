import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { parseQueryString } from '../transcoding/binding/query-string.ts';
import { StreamAnswer } from './answer-stream.ts';
import { UnaryAnswer } from './answer-unary.ts';
import { type Exchange, sendError, tellOutcome } from './exchange.ts';
import { parseGrpcTimeout } from './grpc-timeout.ts';
import { allowToLast } from './lasting-uploads.ts';
import { hasBody } from './linger.ts';
import { type BodyLimits, readBody } from './read-body.ts';
import { requestMetadata } from './request-metadata.ts';
import type { RequestPlan } from './request-plan.ts';
import { splitTarget } from './request-target.ts';
import type { Route } from './route.ts';
import type { RouteIndex } from './route-index.ts';
import { sendRequest } from './send-request.ts';
import type { Settings } from './settings.ts';

export interface Gateway {
  readonly settings: Settings;
  readonly prefix: string;
  /** Replaced when the schema changes; a request keeps the one that it began with. */
  index: RouteIndex;
}

/** Answers one request, whatever becomes of it. Plain calls and callbacks: promises would cost a good part of the time. */
export function serve(gateway: Gateway, request: FastifyRequest, reply: FastifyReply): void {
  const { settings, index } = gateway;
  const unrouted: Exchange = { request, reply, settings, index, route: undefined };
  // The client left while a hook of the app was at work: the response has told so already, and tells it once.
  if (reply.raw.destroyed) {
    tellOutcome(unrouted, Code.CANCELLED);
    return;
  }
  const target = splitTarget(request.raw.url ?? '/', gateway.prefix);
  try {
    const found = findRoute(unrouted, target.path);
    if (found === 'options') {
      reply.code(204).send();
      return;
    }
    const exchange = { ...unrouted, route: found.route };
    if (!found.form) {
      const body = found.route.readsBody || found.route.clientStreaming ? bodyOf(request) : undefined;
      startCall(exchange, found, { query: target.query, body, limits: limitsOf(exchange) });
      return;
    }
    readBody(bodyOf(request), limitsOf(exchange), (form) => {
      if (form instanceof StatusError) {
        sendError(exchange, form);
        return;
      }
      const limits = { maxBytes: settings.maxBodyBytes, announcedBytes: 0 };
      startCall(exchange, found, { query: `${form.toString()}&${target.query}`, body: undefined, limits });
    });
  } catch (thrown) {
    sendError(unrouted, StatusError.from(thrown));
  }
}

/** What of a request is left to read once its route is known. */
interface Content {
  readonly query: string;
  readonly body: Readable | undefined;
  readonly limits: BodyLimits;
}

function startCall(exchange: Exchange, { route, captures }: FoundRoute, { query, body, limits }: Content): void {
  const { request, settings } = exchange;
  try {
    const plan: RequestPlan = {
      route,
      parts: {
        captures,
        parameters: parseQueryString(query),
        contentType: request.headers['content-type'] ?? '',
      },
      metadata: requestMetadata(request.raw.rawHeaders, {
        host: request.headers.host,
        remoteAddress: request.raw.socket.remoteAddress,
      }),
      timeoutMs: timeoutOf(request, route, settings),
      body,
      limits,
    };
    if (route.clientStreaming) allowToLast(request.raw);
    sendRequest(plan, route.serverStreaming ? new StreamAnswer(exchange, route) : new UnaryAnswer(exchange, route));
  } catch (thrown) {
    sendError(exchange, StatusError.from(thrown));
  }
}

interface FoundRoute {
  readonly route: Route;
  readonly captures: readonly string[];
  /** The body is a form that stands for query parameters (as grpc-gateway takes it). */
  readonly form: boolean;
}

function findRoute({ request, reply, settings, index }: Exchange, path: string): FoundRoute | 'options' {
  const sent = request.raw.method ?? 'GET';
  const form = settings.formPosts && sent === 'POST' && isForm(request);
  const override = form ? String(request.headers['x-http-method-override'] ?? '') : '';
  const method = override === '' ? sent : override.toUpperCase();
  let match = index.table.match(method, path);
  if (match.kind === 'method' && form && method === 'POST') {
    const get = index.table.match('GET', path);
    if (get.kind === 'found') match = get;
  }
  switch (match.kind) {
    case 'found':
      // Whoever overrides the method sends a form, not JSON, even to a method that takes a body.
      return {
        route: match.value,
        captures: match.captures,
        form: form && (override !== '' || !match.value.readsBody),
      };
    case 'malformed':
      throw new StatusError(Code.INVALID_ARGUMENT, match.message, { httpStatus: match.httpStatus });
    case 'none':
      throw new StatusError(Code.NOT_FOUND, 'Not Found');
    case 'method': {
      const allow = [...new Set([...match.allow, 'OPTIONS'])].join(', ');
      if (method === 'OPTIONS') {
        reply.header('allow', allow);
        return 'options';
      }
      throw new StatusError(Code.UNIMPLEMENTED, 'Method Not Allowed', { httpStatus: 405, headers: { allow } });
    }
  }
}

/** The client's Grpc-Timeout; without one the default, which a stream does not have. */
function timeoutOf(request: FastifyRequest, route: Route, settings: Settings): number | undefined {
  const header = request.headers['grpc-timeout'];
  const first = Array.isArray(header) ? header[0] : header?.split(', ')[0];
  if (first === undefined || first === '') {
    return settings.timeoutMs === 0 || route.serverStreaming || route.clientStreaming ? undefined : settings.timeoutMs;
  }
  const timeoutMs = parseGrpcTimeout(first);
  if (timeoutMs < 1) throw new StatusError(Code.DEADLINE_EXCEEDED, 'the deadline passed before the call was made');
  return timeoutMs;
}

function limitsOf({ request, settings }: Exchange): BodyLimits {
  const length = request.headers['content-length'];
  return { maxBytes: settings.maxBodyBytes, announcedBytes: length === undefined ? undefined : Number(length) };
}

/**
 * The body as a stream, behind whatever a preParsing hook of the app made of it. Undefined: there is none, and no stream of it
 * (optimizeEmptyRequests of node:http). Throws INTERNAL when somebody has read it already.
 */
function bodyOf(request: FastifyRequest): Readable | undefined {
  const body = request.body instanceof Readable ? request.body : request.raw;
  if (!body.readableEnded) return body;
  if (hasBody(request.raw)) throw new StatusError(Code.INTERNAL, 'the body was read before the gateway could read it');
  return undefined;
}

function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? '';
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
}
