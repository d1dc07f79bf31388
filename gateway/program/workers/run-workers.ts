import cluster from 'node:cluster';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { endOnUncaught } from '../end-on-uncaught.ts';
import { onStop } from '../stop-signals.ts';
import { WorkerPool } from './worker-pool.ts';

/** Serves by several processes that share the port, until a signal ends them all. */
export function runWorkers(settings: Settings): void {
  const logger = createLogger({ service: 'gateway', level: settings.logLevel });
  endOnUncaught(logger);
  const program = join(import.meta.dirname, '../../worker.js');
  // Settings hold certificates as bytes, which JSON does not carry.
  cluster.setupPrimary({ exec: program, serialization: 'advanced' });
  const pool = new WorkerPool(settings, logger);
  onStop((why) => {
    logger.info({ why }, 'stopping');
    void pool.stop().then(() => process.exit(0));
  });
  process.on('SIGHUP', () => pool.reload());
}
