import { formatNumber, formatSpread, markdownTable } from './markdown.ts';
import type { LoadFigures } from './measure.ts';
import { fewConnections, steadyRate, streamMessages, usualConnections } from './plan.ts';
import { type Comparison, type Results, ratiosTo, type Series, valuesOf } from './results.ts';
import { spread } from './statistics.ts';
import { failureNotes, summaryTable } from './summary.ts';

const mebibyte = 1024 * 1024;

/** The results as Markdown. */
export function writeReport(results: Results): string {
  return `${[
    '# Benchmark results',
    'Made by `npm run bench`; every number is the median of its rounds, with the lowest and highest in brackets.',
    '![CPU time per request](results.svg)',
    'The best gateway of each row is in bold; where it is another than Protogate, that one wins.',
    summaryTable(results),
    ...failureNotes(results),
    '## How it was measured',
    methodText(results),
    markdownTable(
      ['peer', 'version', 'options'],
      results.peers.map(({ name, version, options }) => [name, version, options]),
    ),
    ...results.absent,
    '## CPU per request, requests per second',
    'As a multiple of grpc-gateway in the same round: more is better. Requests per second are also bound by the other core, which carries wrk and the gRPC server.',
    ...results.shapes.map(shapeTable),
    `## At a steady ${formatNumber(steadyRate)} requests/s`,
    ...results.steady.map((comparison) => [
      `### ${comparison.title}`,
      markdownTable(
        ['peer', 'p50, ms', 'p99, ms', 'CPU µs/request', 'resident memory, MB'],
        comparison.series.map((series) => [
          series.peer.name,
          formatSpread(spread(valuesOf(series, ({ p50Millis }) => p50Millis))),
          formatSpread(spread(valuesOf(series, ({ p99Millis }) => p99Millis))),
          formatSpread(spread(valuesOf(series, ({ cpuMicros }) => cpuMicros))),
          formatNumber(Math.max(...valuesOf(series, ({ residentBytes }) => residentBytes / mebibyte))),
        ]),
      ),
    ]),
    '## Start to first answer',
    startTable(results),
    '## Cost by message size',
    'CPU µs per request; the list answer with more or fewer items.',
    costTable(results.sizes, 'answer'),
    '## Cost by connections',
    'CPU µs per request, then requests/s; the greeting.',
    costTable(results.connections, 'connections'),
    costTable(results.connections, 'connections', ({ requestsPerSecond }) => requestsPerSecond),
    '## Streams',
    `Server streams of ${formatNumber(streamMessages)} messages of about 115 bytes of JSON, ${fewConnections} at once.`,
    ...results.streams.map(streamTable),
  ]
    .flat()
    .join('\n\n')}\n`;
}

function methodText(results: Results): string {
  return [
    `* Machine: ${results.machine}. Loopback only.`,
    '* Each peer is pinned to core 0, alone under load there; load and gRPC server are pinned to core 1.',
    `* gRPC server: ${results.backend}.`,
    '* Rounds: in each, all peers are measured one after another, in an order that changes from round to round.',
    `* Load: ${results.loadTool}, 1 thread, ${usualConnections} connections, ${fewConnections} for lists and streams; steady rates come from an open-loop client in Node (\`paced-client.ts\`), for wrk has none; its first second is not counted.`,
    '* CPU time: user and system time of the process with its children (/proc/PID/stat) over the run, by answered requests.',
    '* Before measuring, all gateways gave the same JSON, as values, for every request and stream.',
    '* Fastify from memory is no gateway. It is the limit for one that is built on Fastify.',
  ].join('\n');
}

function shapeTable(comparison: Comparison<LoadFigures>): string[] {
  const base = comparison.series.find(({ peer }) => peer.key === 'grpc-gateway');
  return [
    `### ${comparison.title}`,
    markdownTable(
      ['peer', 'CPU µs/request', '× grpc-gateway', 'requests/s', 'resident memory, MB'],
      comparison.series.map((series) => [
        series.peer.name,
        formatSpread(spread(valuesOf(series, cpu))),
        base === undefined ? '–' : formatSpread(spread(ratiosTo(base, series, cpu))),
        formatSpread(spread(valuesOf(series, ({ requestsPerSecond }) => requestsPerSecond))),
        formatNumber(Math.max(...valuesOf(series, ({ residentBytes }) => residentBytes / mebibyte))),
      ]),
    ),
  ];
}

function streamTable(comparison: Comparison<LoadFigures>): string {
  return markdownTable(
    ['peer', 'messages/s', 'CPU µs/message', 'resident memory, MB'],
    comparison.series.map((series) => [
      series.peer.name,
      formatSpread(spread(valuesOf(series, ({ requestsPerSecond }) => requestsPerSecond * streamMessages))),
      formatSpread(spread(valuesOf(series, ({ cpuMicros }) => cpuMicros / streamMessages))),
      formatNumber(Math.max(...valuesOf(series, ({ residentBytes }) => residentBytes / mebibyte))),
    ]),
  );
}

function startTable({ starts }: Results): string {
  return markdownTable(
    ['peer', 'ms'],
    starts.flatMap(({ series }) =>
      series.map((one) => [one.peer.name, formatSpread(spread(valuesOf(one, (millis) => millis)))]),
    ),
  );
}

/** A row for each size or number of connections, a column for each peer. */
function costTable(
  comparisons: readonly Comparison<LoadFigures>[],
  varied: string,
  value: (figures: LoadFigures) => number = cpu,
): string {
  const peers = comparisons[0]?.series.map(({ peer }) => peer.name) ?? [];
  return markdownTable(
    [varied, ...peers],
    comparisons.map(({ title, series }) => [
      title,
      ...series.map((one: Series<LoadFigures>) => formatSpread(spread(valuesOf(one, value)))),
    ]),
  );
}

function cpu({ cpuMicros }: LoadFigures): number {
  return cpuMicros;
}
