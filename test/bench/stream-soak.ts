// npm run bench:stream: a million messages through one server stream, and a reader that stops in the middle of another:
// in both the gateway's memory has to stay flat. A first million lets V8's heap grow to its working size: it collects
// old garbage only once there is enough of it. Ends with 1 when a message is missing.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { prepareCast } from './cast.ts';
import { formatNumber, markdownTable } from './markdown.ts';
import { loadCore } from './plan.ts';
import { processFigures } from './process-figures.ts';
import { freePort, Processes } from './processes.ts';
import { stream } from './shapes.ts';
import { startPeer } from './start-peer.ts';

const messages = 1_000_000;
const sampleEvery = 100_000;
const pauseSeconds = 5;
const lineFeed = 10;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const processes = new Processes();
  try {
    const { gateways, backend } = await prepareCast();
    const [protogate] = gateways;
    if (protogate === undefined) throw new Error('no gateway');
    const upstreamPort = await freePort();
    await processes.start(backend.command(upstreamPort), loadCore);
    const { origin, pid } = await startPeer(processes, protogate, upstreamPort);
    write('A first stream, to warm up:\n\n');
    await readAll(origin, pid);
    write('\nThe stream that counts:\n\n');
    await readAll(origin, pid);
    await readAndPause(origin, pid);
  } finally {
    await processes.stopAll();
  }
}

async function readAll(origin: string, pid: number): Promise<void> {
  const begin = performance.now();
  const answer = await openStream(origin);
  const rows = [['0', '0', '', megabytes(pid)]];
  let count = 0;
  let sampled = begin;
  for await (const chunk of answer) {
    const before = count;
    count += countLines(chunk);
    if (Math.floor(before / sampleEvery) === Math.floor(count / sampleEvery)) continue;
    const now = performance.now();
    const rate = (sampleEvery / (now - sampled)) * 1_000;
    rows.push([formatNumber(count), ((now - begin) / 1_000).toFixed(1), formatNumber(rate), megabytes(pid)]);
    sampled = now;
  }
  write(`${markdownTable(['messages', 'seconds', 'messages/s', 'gateway, MB'], rows)}\n`);
  if (count !== messages) {
    write(`${messages} messages were sent and ${count} came.\n`);
    process.exitCode = 1;
  }
}

/** Reads a little and stops: what the gateway holds then is what its buffers hold, not the rest of the stream. */
async function readAndPause(origin: string, pid: number): Promise<void> {
  const answer = await openStream(origin);
  await once(answer, 'readable');
  answer.read(1);
  const rows = [['0', megabytes(pid)]];
  for (let second = 1; second <= pauseSeconds; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    rows.push([String(second), megabytes(pid)]);
  }
  answer.destroy();
  write(`\nA reader that does not read:\n\n${markdownTable(['seconds', 'gateway, MB'], rows)}\n`);
}

async function openStream(origin: string): Promise<IncomingMessage> {
  // Twenty minutes: the gateway's own deadline is for calls that are shorter.
  const outgoing = get(origin + stream(messages).path, { headers: { 'grpc-timeout': '20M' } });
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer?.statusCode !== 200) throw new Error(`the stream answers ${answer?.statusCode}`);
  return answer;
}

function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}

function megabytes(pid: number): string {
  return (processFigures(pid).residentBytes / 2 ** 20).toFixed(0);
}

function write(text: string): void {
  process.stdout.write(text);
}
