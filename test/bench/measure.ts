import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PacedResult } from './paced-client.ts';
import type { Peer } from './peers/peer.ts';
import { loadCore, steadyRate } from './plan.ts';
import { processFigures } from './process-figures.ts';
import type { Shape } from './shapes.ts';
import { dataFolder } from './tools.ts';
import { runWrk } from './wrk.ts';

/** A peer that listens. */
export interface RunningPeer {
  readonly peer: Peer;
  readonly pid: number;
  /** "http://127.0.0.1:40123" */
  readonly origin: string;
}

export interface LoadFigures {
  /** CPU time of the peer's processes for one request, in microseconds. */
  readonly cpuMicros: number;
  readonly requestsPerSecond: number;
  /** Requests that were not answered as they should be. */
  readonly failures: number;
  readonly residentBytes: number;
}

export interface SteadyFigures {
  readonly cpuMicros: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly failures: number;
  /** The most that was seen, sampled every 100 ms. */
  readonly residentBytes: number;
}

/** Load as high as the peer takes it. */
export async function measureLoad(running: RunningPeer, shape: Shape, seconds: number): Promise<LoadFigures> {
  const { pid, origin } = running;
  const { result, cpuMicros, residentBytes } = await watch(pid, () => runWrk({ origin, shape, seconds }));
  return {
    cpuMicros: cpuMicros / result.requests,
    requestsPerSecond: result.requests / result.seconds,
    failures: result.failures,
    residentBytes,
  };
}

/** Load of `steadyRate` requests a second. */
export async function measureSteady(running: RunningPeer, shape: Shape, seconds: number): Promise<SteadyFigures> {
  const { result, cpuMicros, residentBytes } = await watch(running.pid, () => pace(running.origin, shape, seconds));
  const { requests, failures, p50Millis, p99Millis } = result;
  return { cpuMicros: cpuMicros / requests, p50Millis, p99Millis, failures, residentBytes };
}

async function pace(origin: string, shape: Shape, seconds: number): Promise<PacedResult> {
  const bodyFile = join(dataFolder, `${shape.name}.json`);
  if (shape.body !== undefined) await writeFile(bodyFile, shape.body);
  const client = [process.execPath, join(import.meta.dirname, 'paced-client.ts'), origin + shape.path];
  const numbers = [String(steadyRate), String(seconds)];
  const { stdout } = await promisify(execFile)(
    'taskset',
    ['-c', String(loadCore), ...client, ...numbers, ...(shape.body === undefined ? [] : [bodyFile])],
    { timeout: (seconds + 20) * 1_000 },
  );
  return JSON.parse(stdout);
}

interface Watched<Result> {
  readonly result: Result;
  readonly cpuMicros: number;
  readonly residentBytes: number;
}

/** What the processes of `pid` take while `load` runs. */
async function watch<Result>(pid: number, load: () => Promise<Result>): Promise<Watched<Result>> {
  const before = processFigures(pid);
  let residentBytes = before.residentBytes;
  const sampling = setInterval(() => {
    residentBytes = Math.max(residentBytes, processFigures(pid).residentBytes);
  }, 100);
  try {
    const result = await load();
    return { result, cpuMicros: processFigures(pid).cpuMicros - before.cpuMicros, residentBytes };
  } finally {
    clearInterval(sampling);
  }
}
