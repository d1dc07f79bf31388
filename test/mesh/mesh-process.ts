import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { serviceNames } from '../../services/table.ts';

const root = join(import.meta.dirname, '../..');

/** How long a test waits for something that must come; long, so that a slow machine makes no test fail. */
const patienceMs = 60_000;

export type LogLine = Readonly<Record<string, unknown>>;

/** `npm start` on ports of its own, with its log. */
export class MeshProcess {
  readonly gatewayPort: number;
  readonly servicesPort: number;
  readonly dataDirectory = mkdtempSync(join(tmpdir(), 'protogate-mesh-'));
  readonly lines: LogLine[] = [];
  /** What is no JSON: npm's own lines, and standard error. */
  readonly text: string[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;

  constructor(
    command: readonly string[],
    gatewayPort: number,
    servicesPort: number,
    environment: NodeJS.ProcessEnv = {},
  ) {
    this.gatewayPort = gatewayPort;
    this.servicesPort = servicesPort;
    const [program = '', ...rest] = command;
    this.#child = spawn(program, rest, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // The nodes of a test run tell each other of it by this.
        NODE_TEST_CONTEXT: undefined,
        PORT: String(gatewayPort),
        SERVICES_PORT: String(servicesPort),
        DATA_DIR: this.dataDirectory,
        LOG_LEVEL: 'info',
        ...environment,
      },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      assert.ok(stream !== null);
      createInterface({ input: stream }).on('line', (line) => {
        if (line.startsWith('{')) this.lines.push(JSON.parse(line));
        else this.text.push(line);
      });
    }
    this.#exit = new Promise((resolve) => this.#child.once('close', (code) => resolve(code)));
  }

  get pid(): number {
    assert.ok(this.#child.pid !== undefined);
    return this.#child.pid;
  }

  /** The exit code; null when a signal ended it. */
  ended(): Promise<number | null> {
    return this.#exit;
  }

  ready(): Promise<LogLine> {
    return this.line(({ service, message }) => service === 'start' && String(message).startsWith('ready at'));
  }

  /** The first line, from index `from` on, that is as wanted; waits for it. */
  line(wanted: (line: LogLine) => boolean, from = 0): Promise<LogLine> {
    return until(() => this.lines.slice(from).find(wanted));
  }

  /** The process of a service that is ready: the latest one, when it was started again. */
  pidOf(service: string): number {
    const line = this.lines.findLast((each) => each['service'] === service && 'pid' in each);
    assert.ok(line !== undefined, `${service} has not said that it is ready`);
    return Number(line['pid']);
  }

  fetch(path: string, options: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.gatewayPort}${path}`, options);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Stops everything, whatever a test has left. */
  async stop(): Promise<number | null> {
    this.kill('SIGTERM');
    const code = await this.#exit;
    rmSync(this.dataDirectory, { recursive: true, force: true });
    return code;
  }

  /** Ports of the nine that something still listens on. */
  async busyPorts(): Promise<number[]> {
    const ports = [this.gatewayPort, ...portsFrom(this.servicesPort)];
    const free = await Promise.all(ports.map(isFree));
    return ports.filter((_port, index) => !free[index]);
  }
}

/** Starts the supervisor itself, or whatever `command` names, on free ports. */
export async function startMesh(
  environment: NodeJS.ProcessEnv = {},
  command: readonly string[] = [process.execPath, 'scripts/start.ts'],
): Promise<MeshProcess> {
  const { gatewayPort, servicesPort } = await findPorts();
  return new MeshProcess(command, gatewayPort, servicesPort, environment);
}

/** A port for the gateway and eight in a row, all free. Below the range from which the system gives ports to clients. */
export async function findPorts(): Promise<{ gatewayPort: number; servicesPort: number }> {
  for (;;) {
    const gatewayPort = 20_000 + Math.floor(Math.random() * 1_000) * 10;
    const servicesPort = gatewayPort + 1;
    const free = await Promise.all([gatewayPort, ...portsFrom(servicesPort)].map(isFree));
    if (free.every(Boolean)) return { gatewayPort, servicesPort };
  }
}

/** Asks again and again until there is something; fails when it never comes. */
export async function until<Value>(ask: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`it did not come: ${ask}`);
    await pause(20);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function portsFrom(first: number): number[] {
  return serviceNames.map((_name, index) => first + index);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
