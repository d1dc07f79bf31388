import { Code } from '../status/code.ts';
import type { CallStatus } from './upstream.ts';

/** A status that no server sent; its message may be shown to clients. */
export function localStatus(code: number, message: string): CallStatus {
  return { code, message, details: [], trailers: [] };
}

/** Worded as Go's gRPC words it, whose gateway's clients may know it. */
export const deadlineExceeded = localStatus(Code.DEADLINE_EXCEEDED, 'context deadline exceeded');
export const cancelled = localStatus(Code.CANCELLED, 'context canceled');

export function unavailable(target: string): CallStatus {
  return localStatus(Code.UNAVAILABLE, `upstream ${target} is unavailable`);
}

export function closed(target: string): CallStatus {
  return localStatus(Code.UNAVAILABLE, `upstream ${target} is closed`);
}

/** A call that has no whole millisecond left is not worth starting. */
export function isExpired(timeoutMs: number | undefined): boolean {
  return timeoutMs !== undefined && timeoutMs < 1;
}
