import type { StartFault } from './start-fault.ts';
import { startFault } from './start-fault.ts';
import { type RunningGateway, type StartOptions, startGateway } from './start-gateway.ts';
import { onStop } from './stop-signals.ts';

/** Whoever waits for the gateway of this process. */
export interface StartWitness {
  listening(gateway: RunningGateway): void;
  /** It could not start; nothing of it is left. */
  refused(fault: StartFault): void;
}

/** A gateway that starts, or has started. */
export interface ServingGateway {
  /** Loads the schema again, if need be once the gateway has started. */
  reload(): void;
  /** What it is once it listens; undefined before. */
  readonly running: RunningGateway | undefined;
}

/** Serves until a signal ends the process, with what is under way answered. */
export function serveUntilStopped(options: StartOptions, witness: StartWitness): ServingGateway {
  const { settings, logger } = options;
  let running: RunningGateway | undefined;
  const started = startGateway(options);
  started.then(
    (gateway) => {
      running = gateway;
      witness.listening(gateway);
    },
    (thrown) => witness.refused(startFault(thrown, settings.listen)),
  );
  onStop((why) => {
    logger.info({ why }, 'stopping');
    void (running?.close(settings.shutdownGrace) ?? Promise.resolve()).then(() => process.exit(0));
  });
  return {
    reload() {
      logger.info('loading the schema again');
      started.then(
        (gateway) => gateway.reload(),
        () => undefined,
      );
    },
    get running() {
      return running;
    },
  };
}
