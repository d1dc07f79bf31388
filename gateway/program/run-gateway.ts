import type { Settings } from '../config/settings.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { countsOf } from './open-schema.ts';
import { startFault } from './start-fault.ts';
import { type RunningGateway, startGateway } from './start-gateway.ts';
import { onStop } from './stop-signals.ts';

/** Serves until a signal ends the process; what keeps it from starting ends it with a line for each fault. */
export async function runGateway(settings: Settings): Promise<void> {
  const logger = createLogger({ service: 'gateway', level: settings.logLevel });
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err }, event);
      process.exit(1);
    });
  }
  let gateway: RunningGateway | undefined;
  onStop((why) => {
    logger.info({ why }, 'stopping');
    void (gateway?.close(settings.shutdownGrace) ?? Promise.resolve()).then(() => process.exit(0));
  });
  try {
    gateway = await startGateway(settings, logger);
  } catch (thrown) {
    const { exitCode, lines } = startFault(thrown, settings.listen);
    process.stderr.write(`${lines.join('\n')}\n`);
    process.exitCode = exitCode;
    return;
  }
  const { reload } = gateway;
  process.on('SIGHUP', () => {
    logger.info('loading the schema again');
    void reload();
  });
  logReady(gateway, logger);
  // For a parent that supervises, as that of npm start.
  process.send?.('listening');
}

function logReady({ address, schema }: RunningGateway, logger: Logger): void {
  logger.info(
    { address, ...countsOf(schema.current), startMs: Math.round(performance.now()) },
    `listening on ${address}`,
  );
}
