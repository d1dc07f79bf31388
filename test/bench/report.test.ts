import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawChart } from './chart.ts';
import type { LoadFigures } from './measure.ts';
import type { Peer } from './peers/peer.ts';
import { writeReport } from './report.ts';
import type { Comparison, Results } from './results.ts';
import { failureNotes, summaryTable } from './summary.ts';

const ours = peer('protogate', 'Protogate');
const go = peer('grpc-gateway', 'grpc-gateway');
const limit = { ...peer('fastify', 'Fastify from memory'), gateway: false };

test('the summary marks the best gateway of each row, whoever it is', () => {
  assert.deepEqual(
    summaryTable(results([ours, go, limit]))
      .split('\n')
      .slice(0, 5),
    [
      '|  | Protogate | grpc-gateway |',
      '| --- | ---: | ---: |',
      '| Greeting: CPU µs/request | **40.0** | 90.0 |',
      '| Greeting: requests/s | **20,000** | 10,000 |',
      '| Greeting: p50 at 1,000 requests/s, ms | 0.30 | **0.20** |',
    ],
  );
});

test('failed requests are told', () => {
  assert.deepEqual(failureNotes(results([ours, go])), ['3 requests to grpc-gateway failed (Greeting: 1.5 KB).']);
});

test('the report shows the ratio to grpc-gateway, the spread, and who is absent', () => {
  const report = writeReport(results([ours, go, limit]));
  assert.match(report, /^\| Protogate \| 40\.0 \(35\.0–45\.0\) \| 2\.25 \(1\.78–2\.86\) \|/m);
  assert.match(report, /^Envoy is left out\.$/m);
  assert.match(report, /Machine: a machine\. /);
  assert.doesNotMatch(report, /NaN|undefined/);
});

test('report and chart do without grpc-gateway', () => {
  assert.match(writeReport(results([ours])), /^\| Protogate \| 40\.0 \(35\.0–45\.0\) \| – \|/m);
  assert.match(drawChart(results([ours])), />40\.0 µs</);
});

test('the chart has a bar for each peer', () => {
  const chart = drawChart(results([ours, go, limit]));
  assert.match(chart, />40\.0 µs, 2\.25×</);
  assert.match(chart, />90\.0 µs, 1\.00×</);
  assert.equal(chart.match(/<rect /g)?.length, 3);
  assert.doesNotMatch(chart, /NaN|undefined/);
});

function results(peers: readonly Peer[]): Results {
  const cpuMicros = { protogate: [35, 40, 45], 'grpc-gateway': [100, 90, 80], envoy: [95], fastify: [20] };
  const failures = { protogate: 0, 'grpc-gateway': 1, envoy: 0, fastify: 0 };
  const shapes: Comparison<LoadFigures>[] = [
    {
      title: 'Greeting: 1.5 KB',
      series: peers.map((one) => ({
        peer: one,
        rounds: cpuMicros[one.key].map((cpu) => ({
          cpuMicros: cpu,
          requestsPerSecond: one.key === 'protogate' ? 20_000 : 10_000,
          failures: failures[one.key],
          residentBytes: 2 ** 26,
        })),
      })),
    },
  ];
  const steady = {
    title: 'Greeting: 1.5 KB',
    series: peers.map((one) => ({
      peer: one,
      rounds: [
        {
          cpuMicros: 50,
          p50Millis: one.key === 'protogate' ? 0.3 : 0.2,
          p99Millis: 1,
          failures: 0,
          residentBytes: 2 ** 26,
        },
      ],
    })),
  };
  const starts = [{ title: 'Start', series: peers.map((one) => ({ peer: one, rounds: [200] })) }];
  const absent = ['Envoy is left out.'];
  const described = { machine: 'a machine', loadTool: 'wrk', backend: 'a server' };
  const none = { sizes: [], connections: [], streams: [] };
  return { peers, absent, shapes, steady: [steady], starts, ...none, ...described };
}

function peer(key: Peer['key'], name: string): Peer {
  const command = (): never => {
    throw new Error('not started here');
  };
  return { key, name, version: '1', options: '', gateway: true, command };
}
