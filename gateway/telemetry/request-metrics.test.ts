import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestMetricsText } from './request-counts.ts';
import { RequestMetrics } from './request-metrics.ts';

const greeting = { method: 'GET', template: '/v1/greeting', code: 0, durationMs: 3, streaming: false };

test('requests are counted by route, method and code, their durations by route and method', () => {
  const metrics = new RequestMetrics();
  metrics.add(greeting);
  metrics.add({ ...greeting, durationMs: 1 });
  metrics.add({ ...greeting, code: 14, durationMs: 20_000 });
  metrics.add({ ...greeting, method: 'POST', template: undefined, code: 5, durationMs: 0.5 });
  assert.equal(
    textOf(metrics),
    `# HELP protogate_requests_total Requests answered, by route, HTTP method and gRPC code.
# TYPE protogate_requests_total counter
protogate_requests_total{route="/v1/greeting",method="GET",code="OK"} 2
protogate_requests_total{route="/v1/greeting",method="GET",code="UNAVAILABLE"} 1
protogate_requests_total{route="unmatched",method="POST",code="NOT_FOUND"} 1
# HELP protogate_request_duration_seconds Time from the request line to the end of the answer, without streams.
# TYPE protogate_request_duration_seconds histogram
${buckets('/v1/greeting', 'GET', [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3])}
protogate_request_duration_seconds_sum{route="/v1/greeting",method="GET"} 20.004
protogate_request_duration_seconds_count{route="/v1/greeting",method="GET"} 3
${buckets('unmatched', 'POST', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])}
protogate_request_duration_seconds_sum{route="unmatched",method="POST"} 0.0005
protogate_request_duration_seconds_count{route="unmatched",method="POST"} 1
# HELP protogate_requests_in_flight Requests under way.
# TYPE protogate_requests_in_flight gauge
protogate_requests_in_flight 0
`,
  );
});

test('a stream is counted, without a duration', () => {
  const metrics = new RequestMetrics();
  metrics.add({ ...greeting, streaming: true });
  assert.ok(textOf(metrics).includes('protogate_requests_total{route="/v1/greeting",method="GET",code="OK"} 1\n'));
  assert.ok(!textOf(metrics).includes('duration_seconds_count'));
});

test('requests under way are those that started and did not end', () => {
  const metrics = new RequestMetrics();
  metrics.start();
  metrics.start();
  metrics.end();
  assert.ok(textOf(metrics).includes('protogate_requests_in_flight 1\n'));
});

test('a label holds any template', () => {
  const metrics = new RequestMetrics();
  metrics.add({ ...greeting, template: '/a"\\\n' });
  assert.ok(textOf(metrics).includes('route="/a\\"\\\\\\n",'));
});

function textOf(metrics: RequestMetrics): string {
  return requestMetricsText(metrics.counts());
}

function buckets(route: string, method: string, counts: readonly number[]): string {
  const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, '+Inf'];
  return bounds
    .map((bound, index) => {
      const labels = `route="${route}",method="${method}",le="${bound}"`;
      return `protogate_request_duration_seconds_bucket{${labels}} ${counts[index]}`;
    })
    .join('\n');
}
