#!/usr/bin/env node
import { helpText } from './config/help-text.ts';
import { packageVersion } from './config/package-version.ts';
import { readConfiguration } from './config/read-configuration.ts';
import type { Settings } from './config/settings.ts';
import { countsOf } from './program/open-schema.ts';
import { startFault } from './program/start-fault.ts';
import { type RunningGateway, startGateway } from './program/start-gateway.ts';
import { onStop } from './program/stop-signals.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';

const configuration = await readConfiguration(process.argv.slice(2));
switch (configuration.kind) {
  case 'help':
    process.stdout.write(helpText());
    break;
  case 'version':
    process.stdout.write(`${packageVersion()}\n`);
    break;
  case 'faulty':
    end(2, configuration.faults);
    break;
  case 'serve':
    await serve(configuration.settings);
}

async function serve(settings: Settings): Promise<void> {
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
    end(exitCode, lines);
    return;
  }
  const { reload } = gateway;
  process.on('SIGHUP', () => {
    logger.info('loading the schema again');
    void reload();
  });
  logReady(gateway, logger);
}

function logReady({ address, schema }: RunningGateway, logger: Logger): void {
  logger.info(
    { address, ...countsOf(schema.current), startMs: Math.round(performance.now()) },
    `listening on ${address}`,
  );
}

function end(exitCode: number, lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}
