import type { onRequestHookHandler } from 'fastify';
import type { Schema } from '../schema/schema.ts';

export interface CrossOriginOptions {
  /** Origins that may call; "*" alone for any. */
  readonly origins: readonly string[];
  /** The HTTP methods that routes have at present. */
  readonly methods: () => string;
}

/** Seconds for which a browser need not ask again; more than browsers keep it is no use. */
const preflightMaxAge = 7200;

/**
 * CORS (https://fetch.spec.whatwg.org/#http-cors-protocol), without credentials. Not by @fastify/cors: that declares a
 * route OPTIONS * of its own, which the gateway's wildcard route has already, and answers every OPTIONS as a preflight.
 */
export function crossOriginHook({ origins, methods }: CrossOriginOptions): onRequestHookHandler {
  const any = origins.includes('*');
  return (request, reply, done) => {
    const { origin } = request.headers;
    if (!any) reply.header('vary', 'Origin');
    if (origin === undefined || !(any || origins.includes(origin))) return done();
    reply.header('access-control-allow-origin', any ? '*' : origin);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      reply.header('access-control-expose-headers', '*');
      return done();
    }
    const asked = request.headers['access-control-request-headers'];
    if (asked !== undefined) reply.header('access-control-allow-headers', asked);
    reply
      .code(204)
      .headers({ 'access-control-allow-methods': methods(), 'access-control-max-age': String(preflightMaxAge) })
      .send();
  };
}

const commonMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Access-Control-Allow-Methods for a schema: the common methods, and those of its custom rules. */
export function allowedMethods({ bindings }: Schema): string {
  const custom = bindings.map(({ httpMethod }) => httpMethod).filter((method) => method !== '*');
  return [...new Set([...commonMethods, ...custom])].join(', ');
}
