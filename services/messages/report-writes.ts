import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { Metrics } from '../kit/metrics.ts';
import type { BufferedWriterOptions } from './buffered-writer.ts';

/** A full buffer drops with every request: a line for the first, then at most one in this time. */
const dropLineEveryMs = 1_000;

/** Log lines and metrics for what becomes of the items of a buffer. */
export function reportWrites(
  to: 'queue' | 'store',
  log: Logger,
  metrics: Metrics,
): Omit<BufferedWriterOptions<unknown>, 'write'> {
  let lastLine = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  const failed = (error: unknown): void => {
    metrics.messageFailures.inc({ to });
    log.warn({ err: error }, `the ${to} fails; greetings wait in memory`);
  };
  const dropped = (count: number): void => {
    metrics.messagesDropped.inc({ to }, count);
    unsaid += count;
    const now = performance.now();
    if (now - lastLine < dropLineEveryMs) return;
    log.error({ dropped: unsaid }, `greetings are lost: they did not reach the ${to}`);
    lastLine = now;
    unsaid = 0;
  };
  return { written: (count) => metrics.messagesWritten.inc({ to }, count), failed, dropped };
}
