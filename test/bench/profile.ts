// npm run bench:profile [-- --shape echo --seconds 5 --top 40]: the gateway under load with V8's profiler; prints where
// its time goes. The profile stays in .data/bench/profile, for Chromium's developer tools.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CpuProfile, type HotFunction, hotFunctions, timeByOwner } from './hot-functions.ts';
import { markdownTable } from './markdown.ts';
import { chooseBackend } from './peers/backend.ts';
import { protogatePeer } from './peers/protogate.ts';
import { loadCore, streamMessages } from './plan.ts';
import { freePort, Processes } from './processes.ts';
import { greeting, type Shape, shapes, stream } from './shapes.ts';
import { startPeer } from './start-peer.ts';
import { buildGo, dataFolder, missingNeeds, repository } from './tools.ts';
import { runWrk } from './wrk.ts';

const warmUpSeconds = 2;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      shape: { type: 'string', default: greeting.name },
      seconds: { type: 'string', default: '5' },
      top: { type: 'string', default: '30' },
    },
  });
  const known = [...shapes, { ...stream(streamMessages), name: 'stream' }];
  const shape = known.find(({ name }) => name === values.shape);
  const missing =
    shape === undefined ? `--shape: one of ${known.map(({ name }) => name).join(', ')}` : await missingNeeds();
  if (shape === undefined || missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 2;
    return;
  }
  const { profile, from } = await recordProfile(shape, Number(values.seconds));
  const functions = hotFunctions(profile, repository, from);
  process.stdout.write(`${describe(functions, Number(values.top))}\n`);
}

/** A profile, and when the load began after the warm-up, in microseconds of the monotonic clock. */
interface Recording {
  readonly profile: CpuProfile;
  readonly from: number;
}

async function recordProfile(shape: Shape, seconds: number): Promise<Recording> {
  const folder = join(dataFolder, 'profile');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const processes = new Processes();
  let from = 0;
  try {
    const upstreamPort = await freePort();
    await processes.start(chooseBackend(await buildGo()).command(upstreamPort), loadCore);
    const profiled = protogatePeer(['--cpu-prof', '--cpu-prof-dir', folder]);
    const { origin } = await startPeer(processes, profiled, upstreamPort);
    await runWrk({ origin, shape, seconds: warmUpSeconds });
    from = Number(process.hrtime.bigint() / 1_000n);
    await runWrk({ origin, shape, seconds });
  } finally {
    // The gateway writes its profile as it ends.
    await processes.stopAll();
  }
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error('the gateway wrote no profile');
  return { profile: JSON.parse(await readFile(join(folder, file), 'utf8')), from };
}

function describe(functions: readonly HotFunction[], top: number): string {
  const total = functions.reduce((sum, { selfMicros }) => sum + selfMicros, 0);
  const share = (micros: number): string => `${((micros / total) * 100).toFixed(1)} %`;
  const byFunction = functions.slice(0, top).map(({ name, place, selfMicros }) => [name, share(selfMicros), place]);
  const byOwner = timeByOwner(functions).map(([owner, micros]) => [owner, share(micros)]);
  return [
    markdownTable(['owner', 'self time'], byOwner),
    markdownTable(['function', 'self time', 'place'], byFunction),
  ].join('\n\n');
}
