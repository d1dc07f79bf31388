import type { Logger } from '../telemetry/logger.ts';
import type { RunningGateway } from './start-gateway.ts';

/** The line that says that the gateway can be used; a parent that supervises (as that of npm start) is told as well. */
export function logReady(logger: Logger, { address, counts }: Pick<RunningGateway, 'address' | 'counts'>): void {
  logger.info({ address, ...counts, startMs: Math.round(performance.now()) }, `listening on ${address}`);
  // With a callback, for a parent that has gone meanwhile is no exception.
  process.send?.('listening', undefined, undefined, () => undefined);
}
