import { metricsText, type ProcessMetrics } from '../../telemetry/process-metrics.ts';
import { noRequests, type RequestCounts, sumRequests } from '../../telemetry/request-counts.ts';

/** A worker that does not answer within this time is told of by what it measured last. */
const answerMs = 1000;

/**
 * The metrics of all processes. What a worker counted that has died since stays in the sums: a sum that falls would be
 * taken for a gateway that began anew, and all of it counted once more.
 */
export class MetricsGathering {
  readonly #ownMetrics: () => Promise<string>;
  readonly #latest = new Map<number, ProcessMetrics>();
  #past: RequestCounts = noRequests;
  readonly #missing = new Set<number>();
  #complete: (() => void) | undefined;
  #underWay: Promise<string> | undefined;

  /** @param ownMetrics Node's metrics of the primary itself */
  constructor(ownMetrics: () => Promise<string>) {
    this.#ownMetrics = ownMetrics;
  }

  /** The text for a scrape. @param ask asks all workers that listen to measure, and gives their numbers. */
  text(ask: () => readonly number[]): Promise<string> {
    this.#underWay ??= this.#gather(ask).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  measured(worker: number, metrics: ProcessMetrics): void {
    this.#latest.set(worker, metrics);
    this.#settle(worker);
  }

  ended(worker: number): void {
    const { requests = noRequests } = this.#latest.get(worker) ?? {};
    this.#past = sumRequests([this.#past, { ...requests, inFlight: 0 }]);
    this.#latest.delete(worker);
    this.#settle(worker);
  }

  async #gather(ask: () => readonly number[]): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const worker of ask()) this.#missing.add(worker);
    this.#complete = resolve;
    const timer = setTimeout(resolve, answerMs);
    const node = await this.#ownMetrics();
    await promise;
    clearTimeout(timer);
    this.#missing.clear();
    return metricsText([{ requests: this.#past, node }, ...this.#latest.values()]);
  }

  #settle(worker: number): void {
    this.#missing.delete(worker);
    if (this.#missing.size === 0) this.#complete?.();
  }
}
