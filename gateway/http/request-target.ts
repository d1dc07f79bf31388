import type { IncomingMessage } from 'node:http';

export interface RequestTarget {
  /** As it came, escapes included. */
  readonly path: string;
  /** Behind the "?", without it. */
  readonly query: string;
}

/** Path and query of a request target, relative to the prefix under which the gateway is registered. */
export function splitTarget(target: string, prefix: string): RequestTarget {
  const relative = target.startsWith(prefix) ? target.slice(prefix.length) : target;
  const mark = relative.indexOf('?');
  const path = mark === -1 ? relative : relative.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : relative.slice(mark + 1) };
}

/**
 * Origin form of a target in absolute form ("GET http://host/path"), whose authority then counts as the Host header
 * (RFC 9112, section 3.2.2). For Fastify's `rewriteUrl`.
 */
export function rewriteAbsoluteTarget(request: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const target = request.url ?? '/';
  if (target.startsWith('/')) return target;
  const match = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  if (match === null) return target;
  const [, authority = '', rest = ''] = match;
  // A user and password are none of the upstream's business, to which the host goes on.
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host !== '') request.headers.host = host;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
