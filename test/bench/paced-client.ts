// Sends requests at a steady rate and prints the latencies as JSON: node paced-client.ts URL RATE SECONDS BODY-FILE?
//
// wrk has no steady rate, and h2load's starts all its connections in the same instant. This client is open-loop: a
// request is sent when it is due, on a further connection if none is free, so a slow answer holds back no request.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { percentile } from './statistics.ts';

export interface PacedResult {
  readonly requests: number;
  /** Requests without an answer 200. */
  readonly failures: number;
  /** The latencies are those of the others, without the first second, in which this client compiles. */
  readonly p50Millis: number;
  readonly p99Millis: number;
}

const warmUpMillis = 1_000;

const [, , url, rate, seconds, bodyFile] = process.argv;
if (import.meta.main && url !== undefined) {
  const body = bodyFile === undefined ? undefined : readFileSync(bodyFile);
  const result = await sendPaced(url, Number(rate), Number(seconds), body);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function sendPaced(url: string, rate: number, seconds: number, body: Buffer | undefined): Promise<PacedResult> {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_000 });
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  let failures = 0;
  const send = async (): Promise<void> => {
    const sent = performance.now();
    const status = await exchange(agent, url, body).catch(() => 0);
    if (status !== 200) failures += 1;
    else if (sent - start >= warmUpMillis) latencies.push(performance.now() - sent);
  };
  const start = performance.now();
  const total = rate * seconds;
  while (pending.length < total) {
    const due = Math.min(((performance.now() - start) / 1_000) * rate, total);
    while (pending.length < due) pending.push(send());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  agent.destroy();
  const sorted = latencies.toSorted((left, right) => left - right);
  return { requests: total, failures, p50Millis: percentile(sorted, 0.5), p99Millis: percentile(sorted, 0.99) };
}

/** The status of the answer, once it is read to its end. */
function exchange(agent: Agent, url: string, body: Buffer | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = body === undefined ? { agent } : { agent, method: 'POST', headers };
    const outgoing = request(url, options, (incoming) => {
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
      incoming.once('error', reject);
      incoming.resume();
    });
    outgoing.once('error', reject);
    outgoing.setTimeout(10_000, () => outgoing.destroy());
    outgoing.end(body);
  });
}
