import { formatNumber, markdownTable } from './markdown.ts';
import { steadyRate, streamMessages } from './plan.ts';
import { type Comparison, type Results, type Series, valuesOf } from './results.ts';
import { spread } from './statistics.ts';

interface Figure {
  readonly title: string;
  /** Median of each gateway by name. */
  readonly medians: ReadonlyMap<string, number>;
  readonly moreIsBetter: boolean;
}

const mebibyte = 1024 * 1024;

/** Medians of all gateways, the best of each row in bold. Fastify, the limit, does not take part. */
export function summaryTable(results: Results): string {
  const gateways = results.peers.filter(({ gateway }) => gateway).map(({ name }) => name);
  const rows = figuresOf(results).map(({ title, medians, moreIsBetter }) => {
    const best = (moreIsBetter ? Math.max : Math.min)(...medians.values());
    return [
      title,
      ...gateways.map((name) => {
        const median = medians.get(name) ?? Number.NaN;
        return median === best ? `**${formatNumber(median)}**` : formatNumber(median);
      }),
    ];
  });
  return markdownTable(['', ...gateways], rows);
}

/** Requests that failed, a line for each peer and table row that has any. */
export function failureNotes(results: Results): string[] {
  const tables: readonly (readonly Comparison<{ readonly failures: number }>[])[] = [
    results.shapes,
    results.steady,
    results.sizes,
    results.connections,
    results.streams,
  ];
  return tables.flat().flatMap(({ title, series }) =>
    series.flatMap((one) => {
      const failed = valuesOf(one, ({ failures }) => failures).reduce((sum, failures) => sum + failures, 0);
      return failed === 0 ? [] : [`${failed} requests to ${one.peer.name} failed (${title}).`];
    }),
  );
}

function figuresOf(results: Results): Figure[] {
  const steady = `at ${formatNumber(steadyRate)} requests/s`;
  return [
    ...figures(results.shapes, 'CPU µs/request', ({ cpuMicros }) => cpuMicros),
    ...figures(results.shapes, 'requests/s', ({ requestsPerSecond }) => requestsPerSecond, true),
    ...figures(results.steady, `p50 ${steady}, ms`, ({ p50Millis }) => p50Millis),
    ...figures(results.steady, `p99 ${steady}, ms`, ({ p99Millis }) => p99Millis),
    ...figures(results.steady, `resident memory ${steady}, MB`, ({ residentBytes }) => residentBytes / mebibyte),
    ...figures(results.starts, 'ms', (millis) => millis),
    ...figures(results.streams, 'CPU µs/message', ({ cpuMicros }) => cpuMicros / streamMessages),
    ...figures(results.streams, 'messages/s', (run) => run.requestsPerSecond * streamMessages, true),
  ];
}

function figures<Value>(
  comparisons: readonly Comparison<Value>[],
  unit: string,
  value: (figures: Value) => number,
  moreIsBetter = false,
): Figure[] {
  return comparisons.map(({ title, series }) => {
    const gateways = series.filter(({ peer }) => peer.gateway);
    const medianOf = (one: Series<Value>): [string, number] => [one.peer.name, spread(valuesOf(one, value)).median];
    const [subject = ''] = title.split(':');
    return { title: `${subject}: ${unit}`, medians: new Map(gateways.map(medianOf)), moreIsBetter };
  });
}
