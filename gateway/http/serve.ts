import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { parseQueryString } from '../transcoding/query-string.ts';
import { answerStream } from './answer-stream.ts';
import { answerUnary } from './answer-unary.ts';
import { type Exchange, sendError } from './exchange.ts';
import { parseGrpcTimeout } from './grpc-timeout.ts';
import { readBody } from './read-body.ts';
import { requestMetadata } from './request-metadata.ts';
import { splitTarget } from './request-target.ts';
import type { Route } from './route.ts';
import type { RouteIndex } from './route-index.ts';
import type { RequestPlan } from './send-request.ts';
import type { Settings } from './settings.ts';

export interface Gateway {
  readonly settings: Settings;
  readonly prefix: string;
  /** Replaced when the schema changes; a request keeps the one that it began with. */
  index: RouteIndex;
}

/** Answers one request, whatever becomes of it. */
export async function serve(gateway: Gateway, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { settings, index } = gateway;
  let exchange: Exchange = { request, reply, settings, index, route: undefined };
  try {
    const target = splitTarget(request.raw.url ?? '/', gateway.prefix);
    const found = findRoute(exchange, target.path);
    if (found === 'options') return reply.code(204).send();
    const { route, captures, form } = found;
    exchange = { ...exchange, route };
    const timeoutMs = timeoutOf(request, route, settings);
    const plan: RequestPlan = {
      route,
      parts: {
        captures,
        parameters: parseQueryString(
          form && !route.readsBody ? await withForm(target.query, request, settings) : target.query,
        ),
        contentType: request.headers['content-type'] ?? '',
      },
      metadata: requestMetadata(request.raw.rawHeaders, {
        host: request.headers.host,
        remoteAddress: request.raw.socket.remoteAddress,
      }),
      timeoutMs,
      body: bodyOf(request),
      contentLength: request.headers['content-length'],
      maxBodyBytes: settings.maxBodyBytes,
    };
    return await (route.serverStreaming ? answerStream : answerUnary)(exchange, route, plan);
  } catch (thrown) {
    return sendError(exchange, StatusError.from(thrown));
  }
}

interface FoundRoute {
  readonly route: Route;
  readonly captures: readonly string[];
  /** A form that may stand for query parameters (as grpc-gateway takes it). */
  readonly form: boolean;
}

function findRoute({ request, reply, settings, index }: Exchange, path: string): FoundRoute | 'options' {
  const sent = request.raw.method ?? 'GET';
  const form = settings.formPosts && sent === 'POST' && isForm(request);
  const override = form ? request.headers['x-http-method-override'] : undefined;
  const method = typeof override === 'string' && override !== '' ? override : sent;
  let match = index.table.match(method, path);
  if (match.kind === 'method' && form && override === undefined) {
    const get = index.table.match('GET', path);
    if (get.kind === 'found') match = get;
  }
  switch (match.kind) {
    case 'found':
      return { route: match.value, captures: match.captures, form };
    case 'malformed':
      throw new StatusError(Code.INVALID_ARGUMENT, match.message, { httpStatus: match.httpStatus });
    case 'none':
      throw new StatusError(Code.NOT_FOUND, 'Not Found');
    case 'method': {
      const allow = [...match.allow, 'OPTIONS'].join(', ');
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

async function withForm(query: string, request: FastifyRequest, settings: Settings): Promise<string> {
  const body = await readBody(bodyOf(request), settings.maxBodyBytes, request.headers['content-length']);
  return `${query}&${body.toString()}`;
}

/** The body as a stream, behind whatever a preParsing hook of the app made of it. */
function bodyOf(request: FastifyRequest): Readable {
  return request.body instanceof Readable ? request.body : request.raw;
}

function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? '';
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
}
