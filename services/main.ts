import { createLogger } from '../gateway/telemetry/logger.ts';
import { type Configuration, ConfigurationError, readConfiguration } from './configuration.ts';
import { ProtoError } from './kit/proto-services.ts';
import { ListenError } from './kit/server.ts';
import { runService } from './run-service.ts';

/** Exit codes: 2 for faults of configuration and protos, 1 for everything else that keeps the service from running. */
async function main(configuration: Configuration): Promise<void> {
  const { row, logLevel: level } = configuration;
  const log = createLogger({ service: row.name, level });
  const access = createLogger({ service: row.name, level, caller: false });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });

  const service = await runService(configuration, log, access);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info(`${signal}: draining`);
    service.stop().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(error: unknown): never {
  if (error instanceof ConfigurationError || error instanceof ProtoError || error instanceof ListenError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(error instanceof ListenError ? 1 : 2);
  }
  throw error;
}

try {
  await main(readConfiguration(process.env));
} catch (error) {
  fail(error);
}
