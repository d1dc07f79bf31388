import type { Logger } from '../telemetry/logger.ts';

/** What nobody caught leaves the process in a state that nobody knows: it is logged, and the process ends. */
export function endOnUncaught(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err }, event);
      process.exit(1);
    });
  }
}
