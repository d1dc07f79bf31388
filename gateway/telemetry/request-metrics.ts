import { codeName } from '../status/code.ts';

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

/** Upper bounds of the duration buckets, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What is counted of one route and method. */
interface RouteCounts {
  readonly labels: string;
  readonly codes: Map<number, number>;
  /** Requests by the first bound that they do not pass; past all of them last. */
  readonly buckets: number[];
  sumSeconds: number;
}

/**
 * Counts of requests, in the text form of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
 * Plain numbers instead of metrics of prom-client: those make a text of all labels at each request, which costs more
 * than the rest of the bookkeeping, and 50 ms of loading at the start. The label sets are bounded: templates by the
 * schema, methods by node:http, codes by gRPC.
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
    while (seconds > (bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
  }

  text(): string {
    const routes = [...this.#routes.values()];
    return [
      '# HELP protogate_requests_total Requests answered, by route, HTTP method and gRPC code.',
      '# TYPE protogate_requests_total counter',
      ...routes.flatMap(({ labels, codes }) =>
        [...codes].map(([code, count]) => `protogate_requests_total{${labels},code="${codeName(code)}"} ${count}`),
      ),
      '# HELP protogate_request_duration_seconds Time from the request line to the end of the answer, without streams.',
      '# TYPE protogate_request_duration_seconds histogram',
      ...routes.flatMap(durationLines),
      '# HELP protogate_requests_in_flight Requests under way.',
      '# TYPE protogate_requests_in_flight gauge',
      `protogate_requests_in_flight ${this.#inFlight}`,
      '',
    ].join('\n');
  }

  #countsOf(method: string, template: string): RouteCounts {
    const key = `${method} ${template}`;
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const counts = {
      labels: `route="${escapeLabel(template)}",method="${escapeLabel(method)}"`,
      codes: new Map<number, number>(),
      buckets: [...bounds, Number.POSITIVE_INFINITY].map(() => 0),
      sumSeconds: 0,
    };
    this.#routes.set(key, counts);
    return counts;
  }
}

function durationLines({ labels, buckets, sumSeconds }: RouteCounts): string[] {
  let count = 0;
  const lines = buckets.map((inBucket, index) => {
    count += inBucket;
    return `protogate_request_duration_seconds_bucket{${labels},le="${bounds[index] ?? '+Inf'}"} ${count}`;
  });
  if (count === 0) return [];
  return [
    ...lines,
    `protogate_request_duration_seconds_sum{${labels}} ${sumSeconds}`,
    `protogate_request_duration_seconds_count{${labels}} ${count}`,
  ];
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
