import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface ProcessCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningProcess {
  readonly pid: number;
  /** Ends it by SIGTERM, after five seconds by SIGKILL. */
  stop(): Promise<void>;
}

/** All processes of a measurement; none of them outlives it. */
export class Processes {
  readonly #running = new Set<RunningProcess>();

  /** Starts a command on one core. setpriv has the kernel end it when this process dies in any way. */
  async start(command: ProcessCommand, core: number): Promise<RunningProcess> {
    const pinned = ['--pdeathsig', 'KILL', 'taskset', '-c', String(core), command.program, ...command.args];
    const child = spawn('setpriv', pinned, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...command.env },
    });
    const log = lastOutput(child);
    await once(child, 'spawn');
    const pid = child.pid ?? Number.NaN;
    let stopping = false;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        if (!stopping) process.stderr.write(`${command.program} ended (${signal ?? code}): ${log()}\n`);
        resolve();
      });
    });
    const running: RunningProcess = {
      pid,
      stop: async () => {
        stopping = true;
        this.#running.delete(running);
        const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
        child.kill('SIGTERM');
        await ended;
        clearTimeout(force);
      },
    };
    this.#running.add(running);
    return running;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
  }
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The end of what a process says on stderr, to explain an early end. */
function lastOutput(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2_000);
  });
  return () => text;
}
