import type { Comparison, Results, Series } from './results.ts';
import { valuesOf } from './results.ts';
import { spread } from './statistics.ts';

/** Requests that failed, a line for each peer and table row that has any. */
export function failureNotes(results: Results): string[] {
  const tables = [results.shapes, results.steady, results.sizes, results.connections, results.streams];
  const series = tables.flatMap((table) =>
    table.flatMap((row: Comparison<{ readonly failures: number }>) =>
      row.series.map((one) => ({ title: row.title, one })),
    ),
  );
  return series.flatMap(({ title, one }) => {
    const failed = valuesOf(one, ({ failures }) => failures).reduce((sum, failures) => sum + failures, 0);
    return failed === 0 ? [] : [`${failed} requests to ${one.peer.name} failed (${title}).`];
  });
}

interface Verdict {
  readonly what: string;
  /** Name of the gateway with the best median. */
  readonly best: string;
}

/** Who is ahead in what, said by the numbers alone; Fastify, the limit, does not take part. */
export function findings(results: Results): string[] {
  const verdicts = [
    ...judge(results.shapes, 'CPU per request', ({ cpuMicros }) => cpuMicros),
    ...judge(results.shapes, 'requests per second', ({ requestsPerSecond }) => -requestsPerSecond),
    ...judge(results.shapes, 'memory under full load', ({ residentBytes }) => residentBytes),
    ...judge(results.steady, 'p50 at a steady rate', ({ p50Millis }) => p50Millis),
    ...judge(results.steady, 'p99 at a steady rate', ({ p99Millis }) => p99Millis),
    ...judge(results.steady, 'memory at a steady rate', ({ residentBytes }) => residentBytes),
    ...judge(results.sizes, 'CPU by message size', ({ cpuMicros }) => cpuMicros),
    ...judge(results.connections, 'CPU by connections', ({ cpuMicros }) => cpuMicros),
    ...judge(results.streams, 'CPU per streamed message', ({ cpuMicros }) => cpuMicros),
    ...judge(results.streams, 'streamed messages per second', ({ requestsPerSecond }) => -requestsPerSecond),
    ...judge(results.starts, 'start-up', (millis) => millis),
  ];
  return results.peers.flatMap(({ name }) => {
    const won = verdicts.filter(({ best }) => best === name).map(({ what }) => what);
    return won.length === 0 ? [] : [`**${name}** is ahead in: ${won.join('; ')}.`];
  });
}

function judge<Figures>(
  comparisons: readonly Comparison<Figures>[],
  figure: string,
  value: (figures: Figures) => number,
): Verdict[] {
  return comparisons.flatMap(({ title, series }) => {
    const gateways = series.filter(({ peer }) => peer.gateway);
    const median = (one: Series<Figures>): number => spread(valuesOf(one, value)).median;
    const [best] = gateways.toSorted((left, right) => median(left) - median(right));
    if (best === undefined || gateways.length < 2) return [];
    const [subject = ''] = title.split(':');
    return [{ what: `${figure} (${subject.toLowerCase()})`, best: best.peer.name }];
  });
}
