import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsText } from './process-metrics.ts';
import { noRequests } from './request-counts.ts';
import { RequestMetrics } from './request-metrics.ts';

const greeting = { method: 'GET', template: '/v1/greeting', code: 0, durationMs: 3, streaming: false };

const nodeText = (worker: string): string =>
  `# HELP a_total The first.\n# TYPE a_total counter\na_total{worker="${worker}"} 1\na_total{worker="${worker}",kind="x"} 2\n\n` +
  `# HELP b The second.\n# TYPE b gauge\nb{worker="${worker}"} 3\n`;

test('requests of all processes are summed, by route, method, code and duration', () => {
  const one = new RequestMetrics();
  const other = new RequestMetrics();
  one.start();
  other.start();
  one.add(greeting);
  other.add({ ...greeting, durationMs: 20_000 });
  other.add({ ...greeting, code: 5 });
  other.add({ ...greeting, method: 'POST' });
  const lines = metricsText([one, other].map((each) => ({ requests: each.counts(), node: '' }))).split('\n');
  const labels = 'route="/v1/greeting",method="GET"';
  for (const line of [
    `protogate_requests_total{${labels},code="OK"} 2`,
    `protogate_requests_total{${labels},code="NOT_FOUND"} 1`,
    'protogate_requests_total{route="/v1/greeting",method="POST",code="OK"} 1',
    `protogate_request_duration_seconds_bucket{${labels},le="0.005"} 2`,
    `protogate_request_duration_seconds_bucket{${labels},le="+Inf"} 3`,
    `protogate_request_duration_seconds_sum{${labels}} 20.006`,
    'protogate_requests_in_flight 2',
  ]) {
    assert.equal(lines.filter((each) => each === line).length, 1, line);
  }
});

test('a sum leaves what it is made of as it was', () => {
  const metrics = new RequestMetrics();
  metrics.add(greeting);
  const both = () => metricsText([0, 1].map(() => ({ requests: metrics.counts(), node: '' })));
  assert.equal(both(), both());
});

test('the lines of one metric stand together', () => {
  const text = metricsText(['1', '2'].map((worker) => ({ requests: noRequests, node: nodeText(worker) })));
  assert.ok(
    text.endsWith(`# HELP a_total The first.
# TYPE a_total counter
a_total{worker="1"} 1
a_total{worker="1",kind="x"} 2
a_total{worker="2"} 1
a_total{worker="2",kind="x"} 2
# HELP b The second.
# TYPE b gauge
b{worker="1"} 3
b{worker="2"} 3
`),
    text,
  );
});
