import { codeName } from '../status/code.ts';

/** Upper bounds of the duration buckets, in seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What is counted of one route and method. */
export interface RouteCounts {
  readonly method: string;
  readonly template: string;
  /** Requests by gRPC code. */
  readonly codes: Map<number, number>;
  /** Requests by the first bound that they do not pass; past all of them last. */
  readonly buckets: number[];
  sumSeconds: number;
}

/** What is counted of the requests of one process, or of several together. */
export interface RequestCounts {
  readonly inFlight: number;
  readonly routes: readonly RouteCounts[];
}

export const noRequests: RequestCounts = { inFlight: 0, routes: [] };

/** What several processes have counted, together. */
export function sumRequests(all: readonly RequestCounts[]): RequestCounts {
  const routes = new Map<string, RouteCounts>();
  let inFlight = 0;
  for (const counts of all) {
    inFlight += counts.inFlight;
    for (const route of counts.routes) {
      const key = `${route.method} ${route.template}`;
      const sum = routes.get(key);
      if (sum === undefined) routes.set(key, { ...route, codes: new Map(route.codes), buckets: [...route.buckets] });
      else addRoute(sum, route);
    }
  }
  return { inFlight, routes: [...routes.values()] };
}

function addRoute(sum: RouteCounts, { codes, buckets, sumSeconds }: RouteCounts): void {
  for (const [code, count] of codes) sum.codes.set(code, (sum.codes.get(code) ?? 0) + count);
  for (const [index, count] of buckets.entries()) sum.buckets[index] = (sum.buckets[index] ?? 0) + count;
  sum.sumSeconds += sumSeconds;
}

/** The text form of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function requestMetricsText({ inFlight, routes }: RequestCounts): string {
  const labeled = routes.map((route) => ({ ...route, labels: labelsOf(route) }));
  return [
    '# HELP protogate_requests_total Requests answered, by route, HTTP method and gRPC code.',
    '# TYPE protogate_requests_total counter',
    ...labeled.flatMap(({ labels, codes }) =>
      [...codes].map(([code, count]) => `protogate_requests_total{${labels},code="${codeName(code)}"} ${count}`),
    ),
    '# HELP protogate_request_duration_seconds Time from the request line to the end of the answer, without streams.',
    '# TYPE protogate_request_duration_seconds histogram',
    ...labeled.flatMap(durationLines),
    '# HELP protogate_requests_in_flight Requests under way.',
    '# TYPE protogate_requests_in_flight gauge',
    `protogate_requests_in_flight ${inFlight}`,
    '',
  ].join('\n');
}

function durationLines({ labels, buckets, sumSeconds }: RouteCounts & { readonly labels: string }): string[] {
  let count = 0;
  const lines = buckets.map((inBucket, index) => {
    count += inBucket;
    return `protogate_request_duration_seconds_bucket{${labels},le="${durationBounds[index] ?? '+Inf'}"} ${count}`;
  });
  if (count === 0) return [];
  return [
    ...lines,
    `protogate_request_duration_seconds_sum{${labels}} ${sumSeconds}`,
    `protogate_request_duration_seconds_count{${labels}} ${count}`,
  ];
}

function labelsOf({ template, method }: RouteCounts): string {
  return `route="${escapeLabel(template)}",method="${escapeLabel(method)}"`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
