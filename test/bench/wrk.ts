import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadCore } from './plan.ts';
import type { Shape } from './shapes.ts';
import { dataFolder } from './tools.ts';

const run = promisify(execFile);

export interface WrkRun {
  readonly origin: string;
  readonly shape: Shape;
  /** Whole seconds: wrk knows no others. */
  readonly seconds: number;
}

export interface WrkResult {
  /** Requests that were answered, failures included. */
  readonly requests: number;
  /** Errors of sockets, time-outs, and answers other than 2xx and 3xx. */
  readonly failures: number;
  readonly seconds: number;
}

interface WrkSummary {
  readonly requests: number;
  readonly micros: number;
  readonly failures: number;
}

const mark = 'summary ';

/** As many requests as the gateway takes, each connection sending the next when it has the answer. */
export async function runWrk({ origin, shape, seconds }: WrkRun): Promise<WrkResult> {
  const script = await writeScript(shape);
  const wrk = [
    'wrk',
    '-t',
    '1',
    '-c',
    String(shape.connections),
    '-d',
    `${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    script,
  ];
  const { stdout } = await run('taskset', ['-c', String(loadCore), ...wrk, origin + shape.path], {
    timeout: (seconds + 15) * 1_000,
  });
  const line = stdout.split('\n').find((text) => text.startsWith(mark));
  if (line === undefined) throw new Error(`wrk gave no summary: ${stdout}`);
  const summary: WrkSummary = JSON.parse(line.slice(mark.length));
  if (summary.requests === 0) throw new Error(`${shape.name} at ${origin}: no answer in ${seconds} s`);
  return { requests: summary.requests, failures: summary.failures, seconds: summary.micros / 1_000_000 };
}

async function writeScript(shape: Shape): Promise<string> {
  const file = join(dataFolder, `${shape.name}.lua`);
  const request =
    shape.body === undefined
      ? ''
      : `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = ${luaString(shape.body)}\n`;
  await writeFile(
    file,
    `${request}
function done(summary, latency, requests)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('${mark}{"requests":%d,"micros":%d,"failures":%d}\\n', summary.requests, summary.duration, failures))
end
`,
  );
  return file;
}

/** A long bracket, which has no escapes. */
function luaString(text: string): string {
  return `[==[${text}]==]`;
}
