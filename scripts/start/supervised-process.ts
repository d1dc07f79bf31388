import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { LogOutput } from './log-output.ts';
import type { Program } from './programs.ts';

const root = join(import.meta.dirname, '../..');
const endWithParent = pathToFileURL(join(import.meta.dirname, 'end-with-parent.ts')).href;
const compileCache = join(root, 'node_modules/.cache/compile');

/** A process that lived this long has recovered: the next restart is quick again. */
const steadyMs = 10_000;
const restartDelay = { first: 250, longest: 10_000 } as const;

/** Exit code of our programs for a faulty configuration: another try would end in the same way. */
const configurationFault = 2;

/** One program as a process that is started again whenever it ends, until it is told to stop. */
export class SupervisedProcess {
  readonly program: Program;
  readonly #output: LogOutput;
  readonly #misconfigured: () => void;
  #child: ChildProcess | undefined;
  #listening = false;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;
  #restarts = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param misconfigured called instead of a restart when the program refuses its configuration */
  constructor(program: Program, output: LogOutput, misconfigured: () => void) {
    this.program = program;
    this.#output = output;
    this.#misconfigured = misconfigured;
  }

  /** Whether the process has said that it listens (an IPC message "listening"). */
  get listening(): boolean {
    return this.#listening;
  }

  start(): void {
    const { name, command, environment } = this.program;
    const started = performance.now();
    // In a process group of its own: Ctrl-C on the terminal reaches the supervisor alone, which stops them in order.
    const child = spawn(process.execPath, ['--import', endWithParent, ...command], {
      cwd: root,
      // All nine load much of the same code: from the second start on it comes compiled.
      env: { NODE_COMPILE_CACHE: compileCache, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#child = child;
    child.on('message', (message) => {
      if (message === 'listening') this.#listening = true;
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#output.write(name, line));
    }
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#output.log.error({ err: error }, `${name} cannot be started`);
        resolve();
      });
      // 'close' and not 'exit': then its last lines are out.
      child.once('close', (code, signal) => {
        this.#child = undefined;
        this.#listening = false;
        resolve();
        if (this.#stopping) return;
        if (code === configurationFault) this.#misconfigured();
        else this.#restart(signal ?? `exit code ${code}`, performance.now() - started);
      });
    });
  }

  /** Asks the process to end; resolves when it has, or when the time is over. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGTERM');
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    await Promise.race([this.#ended, promise]);
    clearTimeout(timer);
  }

  /** Ends it for certain, even when it is stopped (SIGSTOP) or ignores SIGTERM. */
  async kill(): Promise<void> {
    if (this.#child === undefined) return;
    this.#output.log.warn(`${this.program.name} did not stop in time; killed`);
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #restart(reason: string, livedMs: number): void {
    if (livedMs >= steadyMs) this.#restarts = 0;
    const delay = Math.min(restartDelay.first * 2 ** this.#restarts, restartDelay.longest);
    this.#restarts += 1;
    this.#output.log.warn(`${this.program.name} ended (${reason}); starting it again in ${delay} ms`);
    this.#timer = setTimeout(() => this.start(), delay);
  }
}
