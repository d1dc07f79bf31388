import type { Settings } from '../config/settings.ts';
import { createLogger } from '../telemetry/logger.ts';
import { endOnUncaught } from './end-on-uncaught.ts';
import { logReady } from './log-ready.ts';
import { serveUntilStopped } from './serve-until-stopped.ts';
import { endWithFault } from './start-fault.ts';

/** Serves until a signal ends the process; what keeps it from starting ends it with a line for each fault. */
export function runGateway(settings: Settings): void {
  const logger = createLogger({ service: 'gateway', level: settings.logLevel });
  endOnUncaught(logger);
  const { reload } = serveUntilStopped(
    { settings, logger, role: undefined },
    {
      listening: (gateway) => logReady(logger, gateway),
      refused: endWithFault,
    },
  );
  process.on('SIGHUP', reload);
}
