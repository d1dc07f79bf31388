import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

export type LogLine = Readonly<Record<string, unknown>>;

/** The gateway's program as a process. */
export interface GatewayProcess {
  readonly child: ChildProcess;
  /** The line that says that it listens. */
  readonly ready: LogLine;
  /** "http://127.0.0.1:…" as its ready line says. */
  readonly address: string;
  /** Waits for the next line of its log, read or yet to come, that has these values, or texts that match. */
  logged(values: LogLine): Promise<LogLine>;
  /** Ends it with SIGTERM if it still runs, with SIGKILL if that takes too long. */
  stop(): Promise<void>;
}

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** With an IPC channel to this process. */
  readonly ipc?: boolean;
  readonly nodeFlags?: readonly string[];
}

/** Of a hook or a test that failed, it may still run, and would keep the file from ending. */
const spawned: ChildProcess[] = [];
after(() => {
  for (const child of spawned) child.kill('SIGKILL');
});

/** Without the settings that whoever runs the tests may have in the environment. */
function spawnGateway(argv: readonly string[], { environment, ipc = false, nodeFlags = [] }: RunOptions): ChildProcess {
  const child = spawn(process.execPath, [...nodeFlags, 'gateway/main.js', ...argv], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  spawned.push(child);
  return child;
}

/** Runs it until it ends by itself. */
export async function runGateway(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawnGateway(argv, options);
  const written = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...written };
}

/** Starts it on a free port and waits until it listens. Throws with what it wrote if it ends before. */
export async function startGatewayProcess(argv: readonly string[], options: RunOptions = {}): Promise<GatewayProcess> {
  const child = spawnGateway(argv.includes('--listen') ? argv : ['--listen', '127.0.0.1:0', ...argv], options);
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  let errors = '';
  let ended = false;
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  if (child.stdout === null) throw new Error('no standard output');
  const output = createInterface(child.stdout);
  output.on('line', (line) => {
    lines.push(JSON.parse(line) as LogLine);
    wake();
  });
  output.once('close', () => {
    ended = true;
    wake();
  });

  let taken = 0;
  const logged = (values: LogLine) =>
    new Promise<LogLine>((resolve, reject) => {
      const look = () => {
        const index = lines.findIndex(
          (line, at) => at >= taken && Object.entries(values).every(([name, value]) => fits(line[name], value)),
        );
        const found = lines[index];
        if (found === undefined && !ended) return;
        waiting.delete(look);
        if (found !== undefined) {
          taken = index + 1;
          resolve(found);
        } else reject(new Error(`ended before it logged ${JSON.stringify(values)}: ${errors}${JSON.stringify(lines)}`));
      };
      waiting.add(look);
      look();
    });

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await once(child, 'exit');
    clearTimeout(late);
  };
  const ready = await logged({ message: /^listening on / });
  return { child, ready, address: String(ready['address']), logged, stop };
}

function fits(value: unknown, wanted: unknown): boolean {
  return wanted instanceof RegExp ? wanted.test(String(value)) : value === wanted;
}
