import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** "AMD EPYC, 2 cores, 24 GiB, Linux 6.18.44" */
export function describeMachine(): string {
  const model = /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${cpus().length} cores, ${memory} GiB, Linux ${release()}`;
}

/** "wrk 4.1.0" */
export function wrkVersion(): string {
  // wrk -v prints its usage too, and ends with 1.
  const output = execFileSync('sh', ['-c', 'wrk -v || true'], { encoding: 'utf8' });
  return `wrk ${/(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'of unknown version'}`;
}
