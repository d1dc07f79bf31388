import type { Deadline } from '@grpc/grpc-js';

/** What a call gets whose caller set no deadline. */
const defaultTimeoutMs = 10_000;

/** The deadline of a call in milliseconds since the epoch, whatever form grpc-js gives it in. */
export function deadlineOf(deadline: Deadline, now: number): number {
  const time = Number(deadline);
  return Number.isFinite(time) ? time : now + defaultTimeoutMs;
}

/**
 * The deadline to give a callee: a little before one's own, so that a late callee leaves the time to answer without it.
 * The margin is a tenth of what remains, at least 5 ms and at most 1 s.
 */
export function calleeDeadline(own: number, now: number): number {
  return own - Math.min(Math.max((own - now) / 10, 5), 1_000);
}
