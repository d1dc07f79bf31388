import type { IncomingHttpHeaders } from 'node:http';
import { codeName } from '../status/code.ts';
import type { Logger } from './logger.ts';

/** One request as its line in the log tells it. */
export interface AccessEntry {
  readonly method: string;
  /** The request's target; its query is left out, which may hold secrets. */
  readonly target: string;
  /** HTTP status. */
  readonly status: number;
  /** gRPC code. */
  readonly code: number;
  readonly durationMs: number;
  readonly headers: IncomingHttpHeaders;
}

/** Writes one line a request, level info. */
export function logAccess(logger: Logger, { method, target, status, code, durationMs, headers }: AccessEntry): void {
  logger.info(
    {
      method,
      path: shorten(target.split('?', 1)[0] ?? ''),
      status,
      code: codeName(code),
      durationMs: Math.round(durationMs * 1000) / 1000,
      requestId: requestIdOf(headers),
      traceId: traceIdOf(headers),
    },
    'request',
  );
}

/** x-request-id, as the client or the proxy in front set it. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-request-id'];
  return typeof value === 'string' && value !== '' ? shorten(value) : undefined;
}

/** The trace-id of traceparent (https://www.w3.org/TR/trace-context/), otherwise x-b3-traceid. */
export function traceIdOf(headers: IncomingHttpHeaders): string | undefined {
  const [, traceId] = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(headers['traceparent'] ?? '')) ?? [];
  if (traceId !== undefined) return traceId;
  const b3 = headers['x-b3-traceid'];
  return typeof b3 === 'string' && /^(?:[0-9a-f]{16}){1,2}$/i.test(b3) ? b3.toLowerCase() : undefined;
}

/** What a client chooses cannot make a line of any length. */
function shorten(value: string): string {
  return value.length > 1000 ? `${value.slice(0, 1000)}…` : value;
}
