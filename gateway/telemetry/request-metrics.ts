import { durationBounds, type RequestCounts, type RouteCounts } from './request-counts.ts';

/** One request that has been answered. */
export interface RequestMeasure {
  /** HTTP method, one of those that node:http knows. */
  readonly method: string;
  /** Path template of its route; undefined: there was none. */
  readonly template: string | undefined;
  /** gRPC code. */
  readonly code: number;
  readonly durationMs: number;
  /** Left out of the durations: a stream lasts as long as its reader likes. */
  readonly streaming: boolean;
}

/**
 * Counts requests. Plain numbers instead of metrics of prom-client: those make a text of all labels at each request, which
 * costs more than the rest of the bookkeeping, and 50 ms of loading at the start. The label sets are bounded: templates by
 * the schema, methods by node:http, codes by gRPC.
 */
export class RequestMetrics {
  readonly #routes = new Map<string, RouteCounts>();
  #inFlight = 0;

  start(): void {
    this.#inFlight++;
  }

  /** A request that started is over, whether or not it was answered. */
  end(): void {
    this.#inFlight--;
  }

  add({ method, template = 'unmatched', code, durationMs, streaming }: RequestMeasure): void {
    const counts = this.#countsOf(method, template);
    counts.codes.set(code, (counts.codes.get(code) ?? 0) + 1);
    if (streaming) return;
    const seconds = durationMs / 1000;
    counts.sumSeconds += seconds;
    let bucket = 0;
    while (seconds > (durationBounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
  }

  /** As they are now; they go on counting. */
  counts(): RequestCounts {
    return { inFlight: this.#inFlight, routes: [...this.#routes.values()] };
  }

  #countsOf(method: string, template: string): RouteCounts {
    const key = `${method} ${template}`;
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const counts = {
      method,
      template,
      codes: new Map<number, number>(),
      buckets: [...durationBounds, Number.POSITIVE_INFINITY].map(() => 0),
      sumSeconds: 0,
    };
    this.#routes.set(key, counts);
    return counts;
  }
}
