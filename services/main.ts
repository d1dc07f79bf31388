import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { createLogger } from '../gateway/telemetry/logger.ts';
import { type Configuration, ConfigurationError, readConfiguration } from './configuration.ts';
import { ProtoError } from './kit/proto-services.ts';
import { ListenError } from './kit/server.ts';
import { runService } from './run-service.ts';

/** Exit codes: 2 for faults of configuration and protos, 1 for everything else that keeps the service from running. */
async function main(configuration: Configuration): Promise<void> {
  // grpc-js would write metadata that it cannot read to standard error, values and all.
  setLogVerbosity(logVerbosity.NONE);
  const { row, logLevel: level } = configuration;
  const log = createLogger({ service: row.name, level });
  const access = createLogger({ service: row.name, level, caller: false });
  process.on('uncaughtException', function crash(error) {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });

  const service = await runService(configuration, log, access);
  // For the supervisor of npm start, if that is the parent.
  process.send?.('listening');
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info(`${signal}: draining`);
    try {
      await service.stop();
      log.info('stopped');
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

function fail(error: unknown): never {
  if (error instanceof ListenError) exitWith(1, error.message);
  if (error instanceof ConfigurationError || error instanceof ProtoError) exitWith(2, error.message);
  throw error;
}

function exitWith(code: number, line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

try {
  await main(readConfiguration(process.env));
} catch (error) {
  fail(error);
}
