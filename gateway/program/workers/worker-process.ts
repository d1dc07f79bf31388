import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../../telemetry/logger.ts';
import type { WorkerOrder, WorkerReport } from './worker-messages.ts';

export interface WorkerOptions {
  /** From 1; the same after a restart. */
  readonly number: number;
  readonly logger: Logger;
  /** The first order to each process. */
  readonly startOrder: WorkerOrder;
  onReport(report: WorkerReport): void;
  /** @param why "SIGKILL", "exit code 1" */
  onEnd(why: string): void;
}

/** A process that lived this long has recovered: the next restart is quick again. */
const steadyMs = 10_000;
const restartDelay = { firstMs: 250, longestMs: 10_000 } as const;

/** One of the workers, through its restarts. */
export class WorkerProcess {
  readonly number: number;
  readonly #options: WorkerOptions;
  #process: Worker | undefined;
  #startedAt = 0;
  #restarts = 0;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.number = options.number;
    this.#options = options;
    this.#start();
  }

  get alive(): boolean {
    return this.#process !== undefined;
  }

  tell(order: WorkerOrder): void {
    // One that ends just now need not hear it.
    if (this.#process?.isConnected()) this.#process.process.send(order, () => undefined);
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    clearTimeout(this.#restart);
    this.#process?.process.kill(signal);
  }

  /** Starts it again after a while, which grows when it ends soon each time. */
  restartLater(why: string): void {
    const { logger, number } = this.#options;
    if (performance.now() - this.#startedAt >= steadyMs) this.#restarts = 0;
    const delayMs = Math.min(restartDelay.firstMs * 2 ** this.#restarts, restartDelay.longestMs);
    this.#restarts += 1;
    logger.error({ endedWorker: number, why, delayMs }, `worker ${number} ended (${why}); starting it again`);
    this.#restart = setTimeout(() => this.#start(), delayMs);
  }

  #start(): void {
    const { startOrder, onReport, onEnd } = this.#options;
    const worker = cluster.fork();
    this.#process = worker;
    this.#startedAt = performance.now();
    const ended = (why: string): void => {
      if (this.#process !== worker) return;
      this.#process = undefined;
      onEnd(why);
    };
    worker.on('message', onReport);
    worker.on('error', (error) => {
      // Without a process there will be no 'exit'.
      if (worker.process.pid === undefined) ended(String(error));
    });
    worker.on('exit', (exitCode, signal) => ended(signal ?? `exit code ${exitCode}`));
    this.tell(startOrder);
  }
}
