import { choosePorts } from './start/choose-ports.ts';
import { createLogOutput, type LogOutput } from './start/log-output.ts';
import { createMesh, type Mesh } from './start/mesh.ts';
import { host, type Programs } from './start/programs.ts';
import { waitUntilReady } from './start/readiness.ts';
import { help, readSettings, type Settings, SettingsError } from './start/settings.ts';

/** After this long a line says what is still missing. */
const readyLimitMs = 15_000;

/** Exit codes: 0 stopped, 1 a port is busy, 2 a fault of the settings, here or in a program. */
async function main(settings: Settings): Promise<void> {
  const started = performance.now();
  const { programs, busy, avoided } = await choosePorts(settings, process.env);
  if (busy !== undefined) {
    process.stderr.write(`port ${busy.port} for ${busy.name} is busy; choose another: ${busy.portHint}\n`);
    process.exit(1);
  }
  if (avoided !== undefined) {
    const [first] = programs.services;
    process.stderr.write(
      `port ${avoided.port} for ${avoided.name} is busy; the services take ports from ${first?.port} on\n`,
    );
  }

  const readable = process.stdout.isTTY;
  const output = await createLogOutput(readable, (text) => process.stdout.write(text));
  const stopping = new AbortController();
  const stop = (exitCode: number): void => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    output.log.info('stopping');
    void mesh.stop().then(() => process.exit(exitCode));
  };
  const mesh = createMesh(programs, output, () => stop(2));
  // npm passes a Ctrl-C on as well, so it may come twice: the second means nothing more than the first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  // Nobody reads the logs any more.
  process.stdout.on('error', () => stop(0));
  if (process.env['npm_lifecycle_event'] !== undefined) onParentGone(() => stop(0));

  mesh.start();
  await sayWhenReady({ programs, mesh, output, readable, started, signal: stopping.signal });
}

/** npm passes signals on, except the one that kills it. */
function onParentGone(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 500);
}

interface Start {
  readonly programs: Programs;
  readonly mesh: Mesh;
  readonly output: LogOutput;
  readonly readable: boolean;
  /** performance.now() at the start. */
  readonly started: number;
  readonly signal: AbortSignal;
}

async function sayWhenReady({ programs, mesh, output, readable, started, signal }: Start): Promise<void> {
  for (;;) {
    const { isListening } = mesh;
    const late = await waitUntilReady(programs, { limitMs: readyLimitMs, isListening, signal });
    if (signal.aborted) return;
    if (late.length === 0) break;
    output.log.warn(`still waiting for ${late.join(', ')}`);
  }
  const address = `http://${host}:${programs.gateway.port}`;
  const commands = [
    `curl ${address}/api/v1/greeting`,
    `curl -i -H 'x-request-id: abc' ${address}/api/greeting`,
    `curl -i ${address}/api/status/503`,
  ];
  const readyMs = Math.round(performance.now() - started);
  if (readable) {
    process.stdout.write(
      `\n  Ready at ${address} after ${readyMs} ms. Try:\n\n    ${commands.join('\n    ')}\n\n  Ctrl-C stops everything.\n\n`,
    );
  } else {
    output.log.info({ address, readyMs, try: commands }, `ready at ${address}`);
  }
}

try {
  const settings = readSettings(process.env, process.argv.slice(2));
  if (settings === 'help') process.stdout.write(help);
  else await main(settings);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
