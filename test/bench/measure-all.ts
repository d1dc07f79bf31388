import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareCast } from './cast.ts';
import { describeMachine, wrkVersion } from './machine.ts';
import { formatNumber } from './markdown.ts';
import { measureLoad, measureSteady, type RunningPeer } from './measure.ts';
import { fastifyPeer } from './peers/fastify.ts';
import { loadCore, type Plan, streamMessages } from './plan.ts';
import { freePort, type Processes } from './processes.ts';
import type { Results } from './results.ts';
import { measureRounds } from './rounds.ts';
import { checkSameAnswers } from './same-answers.ts';
import { echo, greeting, items, type Shape, shapes, stream } from './shapes.ts';
import { startPeer } from './start-peer.ts';
import { dataFolder } from './tools.ts';

/** Builds and starts everything, and measures it by the plan. The processes are left to the caller to stop. */
export async function measureAll(processes: Processes, plan: Plan): Promise<Results> {
  tell('building and installing the peers');
  const { gateways, backend, absent } = await prepareCast();
  const upstreamPort = await freePort();
  await processes.start(backend.command(upstreamPort), loadCore);
  const running: RunningPeer[] = [];
  for (const gateway of gateways) running.push(await startPeer(processes, gateway, upstreamPort));
  const answered = [...shapes, ...plan.itemCounts.map(items)];
  tell('checking that all give the same answers');
  const answers = await checkSameAnswers(running, answered);
  const answersFile = join(dataFolder, 'answers.json');
  await writeFile(answersFile, JSON.stringify(answers));
  running.push(await startPeer(processes, fastifyPeer(answersFile), upstreamPort));
  const sizes = plan.itemCounts.map((count) => {
    const shape = items(count);
    return { ...shape, title: kilobytes(answers[shape.path] ?? '') };
  });
  return {
    peers: running.map(({ peer }) => peer),
    absent,
    machine: describeMachine(),
    loadTool: wrkVersion(),
    backend: backend.description,
    ...(await measureRunning(running, plan, sizes)),
    starts: await measureStarts(processes, running, plan.starts, upstreamPort),
  };
}

type Measured = Pick<Results, 'shapes' | 'steady' | 'sizes' | 'connections' | 'streams'>;

async function measureRunning(running: readonly RunningPeer[], plan: Plan, sizes: readonly Shape[]): Promise<Measured> {
  const gateways = running.filter(({ peer }) => peer.gateway);
  const load = (rows: readonly Shape[], peers: readonly RunningPeer[], seconds: number, rounds: number) =>
    measureRounds({ rows, peers, rounds, measure: (peer, shape) => measureLoad(peer, shape, seconds) });
  const beside = (rows: readonly Shape[], peers = running) => load(rows, peers, plan.sideSeconds, plan.sideRounds);
  const streams = [stream(streamMessages)];
  tell('warming up');
  await load(shapes, running, plan.warmUpSeconds, 1);
  await load(streams, gateways, 1, 1);
  tell('CPU per request and requests per second');
  const byShape = await load(shapes, running, plan.runSeconds, plan.rounds);
  tell('latency and memory at a steady rate');
  const steady = await measureRounds({
    rows: [greeting, echo],
    peers: running,
    rounds: plan.latencyRounds,
    measure: (peer, shape) => measureSteady(peer, shape, plan.latencySeconds),
  });
  tell('message size');
  const bySize = await beside(sizes);
  tell('connections');
  const byConnections = await beside(
    plan.connections.map((connections) => ({ ...greeting, title: String(connections), connections })),
  );
  tell('streams');
  const byStreams = await beside(streams, gateways);
  return { shapes: byShape, steady, sizes: bySize, connections: byConnections, streams: byStreams };
}

/** Starts one more process of each peer, again and again. */
async function measureStarts(
  processes: Processes,
  peers: readonly RunningPeer[],
  rounds: number,
  upstreamPort: number,
): Promise<Results['starts']> {
  tell('start-up');
  return measureRounds({
    rows: [{ title: 'Start to first answer' }],
    peers,
    rounds,
    measure: async ({ peer }) => {
      const { startMillis, process } = await startPeer(processes, peer, upstreamPort);
      await process.stop();
      return startMillis;
    },
  });
}

function kilobytes(text: string): string {
  return `${formatNumber(Buffer.byteLength(text) / 1_000)} KB`;
}

function tell(phase: string): void {
  process.stderr.write(`bench: ${phase}\n`);
}
