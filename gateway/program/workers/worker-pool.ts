import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createNodeMetrics } from '../../telemetry/node-metrics.ts';
import { logReady } from '../log-ready.ts';
import { endWithFault, type StartFault } from '../start-fault.ts';
import { MetricsGathering } from './gather-metrics.ts';
import type { ListeningReport, WorkerReport } from './worker-messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** How long workers may take to end past the grace that they have themselves. */
const overtimeMs = 500;

/**
 * The workers of a gateway. Until all have listened once, the first fault of any ends the program, as it would without
 * workers; from then on one that ends is started again.
 */
export class WorkerPool {
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #workers: readonly WorkerProcess[];
  readonly #listening = new Set<WorkerProcess>();
  readonly #metrics = new MetricsGathering(createNodeMetrics('primary'));
  #phase: 'starting' | 'serving' | 'stopping' = 'starting';
  readonly #allEnded = Promise.withResolvers<void>();

  constructor(settings: Settings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#workers = Array.from({ length: settings.workers }, (_, index) => this.#open(index + 1));
  }

  reload(): void {
    for (const worker of this.#workers) worker.tell({ kind: 'reload' });
  }

  /** Lets the workers answer what is under way; resolves when none is left. */
  async stop(): Promise<void> {
    this.#phase = 'stopping';
    for (const worker of this.#workers) worker.signal('SIGTERM');
    if (!this.#workers.some(({ alive }) => alive)) return;
    const killer = setTimeout(() => this.#kill(), this.#settings.shutdownGrace + overtimeMs);
    await this.#allEnded.promise;
    clearTimeout(killer);
  }

  #open(number: number): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess({
      number,
      logger: this.#logger,
      startOrder: { kind: 'start', worker: number, settings: this.#settings },
      onReport: (report) => this.#heard(worker, report),
      onEnd: (why) => this.#ended(worker, why),
    });
    return worker;
  }

  #heard(worker: WorkerProcess, report: WorkerReport): void {
    switch (report.kind) {
      case 'listening':
        this.#listens(worker, report);
        break;
      case 'refused':
        this.#refused(worker, report);
        break;
      case 'measured':
        this.#metrics.measured(worker.number, report.metrics);
        break;
      case 'scraped':
        void this.#metrics.text(() => this.#askAll()).then((text) => worker.tell({ kind: 'metrics', text }));
    }
  }

  #listens(worker: WorkerProcess, { address, counts }: ListeningReport): void {
    this.#listening.add(worker);
    if (this.#phase === 'serving') {
      this.#logger.info({ startedWorker: worker.number, address }, `worker ${worker.number} listens on ${address}`);
    } else if (this.#phase === 'starting' && this.#listening.size === this.#workers.length) {
      this.#phase = 'serving';
      logReady(this.#logger, { address, counts });
    }
  }

  #refused({ number }: WorkerProcess, fault: StartFault): void {
    if (this.#phase === 'starting') this.#giveUp(fault);
    this.#logger.error({ refusedWorker: number, faults: fault.lines }, `worker ${number} cannot start`);
  }

  #ended(worker: WorkerProcess, why: string): void {
    this.#listening.delete(worker);
    this.#metrics.ended(worker.number);
    if (this.#phase === 'starting') {
      this.#giveUp({ exitCode: 1, lines: [`worker ${worker.number} ended before it listened (${why})`] });
    } else if (this.#phase === 'serving') worker.restartLater(why);
    else if (!this.#workers.some(({ alive }) => alive)) this.#allEnded.resolve();
  }

  #giveUp(fault: StartFault): never {
    this.#kill();
    return endWithFault(fault);
  }

  #kill(): void {
    for (const worker of this.#workers) worker.signal('SIGKILL');
  }

  #askAll(): number[] {
    return [...this.#listening].map((worker) => {
      worker.tell({ kind: 'measure' });
      return worker.number;
    });
  }
}
