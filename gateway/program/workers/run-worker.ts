import type { Settings } from '../../config/settings.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { endOnUncaught } from '../end-on-uncaught.ts';
import { type ServingGateway, serveUntilStopped } from '../serve-until-stopped.ts';
import type { WorkerOrder, WorkerReport } from './worker-messages.ts';

/** Serves as the primary tells; node:cluster ends this process when the primary is gone. */
export function runWorker(): void {
  let serving: ServingGateway | undefined;
  let scrape: PromiseWithResolvers<string> | undefined;

  const metricsOfAll = (): Promise<string> => {
    if (scrape === undefined) {
      scrape = Promise.withResolvers();
      report({ kind: 'scraped' });
    }
    return scrape.promise;
  };

  const start = (worker: number, settings: Settings): ServingGateway => {
    const logger = createLogger({ service: 'gateway', worker, level: settings.logLevel });
    endOnUncaught(logger);
    return serveUntilStopped(
      { settings, logger, role: { worker, metricsOfAll } },
      {
        listening: ({ address, counts }) => report({ kind: 'listening', address, counts }),
        refused: (fault) => report({ kind: 'refused', ...fault }, () => process.exit(fault.exitCode)),
      },
    );
  };

  process.on('message', (order: WorkerOrder) => {
    switch (order.kind) {
      case 'start':
        serving = start(order.worker, order.settings);
        break;
      case 'reload':
        serving?.reload();
        break;
      case 'measure':
        void serving?.running?.measure().then((metrics) => report({ kind: 'measured', metrics }));
        break;
      case 'metrics':
        scrape?.resolve(order.text);
        scrape = undefined;
    }
  });
  // Meant for the primary, which tells its workers; a terminal sends it to all.
  process.on('SIGHUP', () => undefined);
}

/** A primary that is gone takes no report; this process then ends as well. */
function report(what: WorkerReport, sent: () => void = () => undefined): void {
  process.send?.(what, undefined, undefined, sent);
}
