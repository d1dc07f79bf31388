import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fixtures, type LibraryServer, startLibraryServer } from '../support/library-server.ts';
import { type GatewayProcess, type RunOptions, runGateway, startGatewayProcess } from './run-gateway.ts';

const workers = ['--workers', '2'];
const protos = ['--proto', 'library/v1/library.proto', '--proto-path', fixtures];
const book = '/v1/shelves/1/books/2';

/** Far more than any of it takes: a test that waits for what never comes fails instead of hanging. */
const timeout = 60_000;

let library: LibraryServer;
before(async () => {
  library = await startLibraryServer();
});
after(() => library.close());

async function start(context: TestContext, flags: readonly string[] = [], options?: RunOptions) {
  const gateway = await startGatewayProcess([...workers, ...protos, '--upstream', library.target, ...flags], options);
  context.after(() => gateway.stop());
  return gateway;
}

/** On a connection of its own, which any worker may get. */
function get({ address }: GatewayProcess, path: string): Promise<Response> {
  return fetch(`${address}${path}`, { headers: { connection: 'close' } });
}

async function textOf(gateway: GatewayProcess, path: string): Promise<string> {
  return (await get(gateway, path)).text();
}

/** Asks for the metrics until they hold this line: a request is counted when its connection is told that it is over. */
async function metricsWith(gateway: GatewayProcess, line: string): Promise<string> {
  for (;;) {
    const text = await textOf(gateway, '/metrics');
    if (text.split('\n').includes(line)) return text;
  }
}

const counted = (count: number) =>
  `protogate_requests_total{route="/v1/{name=shelves/*/books/*}",method="GET",code="OK"} ${count}`;

/** Process ids of the workers that run at present. */
function workersOf({ child }: GatewayProcess): number[] {
  return execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([parent, pid]) => (parent === child.pid && pid !== undefined ? [pid] : []))
    .filter((pid) => isGateway(pid));
}

/** Not the `ps` itself. */
function isGateway(pid: number): boolean {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).includes('worker.js');
  } catch {
    return false;
  }
}

/** Ends one worker as a crash would. */
function killOne(gateway: GatewayProcess): void {
  const [pid] = workersOf(gateway);
  assert.ok(pid !== undefined);
  process.kill(pid, 'SIGKILL');
}

describe('several workers', { timeout }, () => {
  test('share the port; one line says that all listen, the others say which worker logs', async (context) => {
    const gateway = await start(context, ['--access-log']);
    const { address, services, worker, message } = gateway.ready;
    assert.deepEqual(
      { services, worker, message },
      { services: 1, worker: undefined, message: `listening on ${address}` },
    );
    assert.equal(workersOf(gateway).length, 2);
    const seen = new Set<unknown>();
    while (seen.size < 2) {
      assert.equal((await get(gateway, book)).status, 200);
      seen.add((await gateway.logged({ message: 'request' }))['worker']);
    }
    assert.deepEqual([...seen].toSorted(), [1, 2]);
    assert.equal(await textOf(gateway, '/healthz'), '{"status":"ok"}');
    assert.equal(await textOf(gateway, '/readyz'), '{"status":"ok"}');
  });

  test('any of them answers /metrics for all', async (context) => {
    const gateway = await start(context);
    for (let request = 0; request < 6; request++) await textOf(gateway, book);
    const text = await metricsWith(gateway, counted(6));
    for (const worker of ['primary', '1', '2']) {
      assert.match(text, new RegExp(`^process_resident_memory_bytes\\{worker="${worker}"\\} \\d+$`, 'm'));
    }
    assert.equal(text.match(/^# TYPE process_resident_memory_bytes gauge$/gm)?.length, 1);
    const scrapes = await Promise.all(Array.from({ length: 4 }, () => textOf(gateway, '/metrics')));
    for (const scrape of scrapes) assert.ok(scrape.includes(`${counted(6)}\n`), scrape);
  });

  test('one that dies is started again, and what it counted is not forgotten', async (context) => {
    const gateway = await start(context);
    for (let request = 0; request < 4; request++) await textOf(gateway, book);
    await metricsWith(gateway, counted(4));
    killOne(gateway);
    const { level, endedWorker, why, delayMs } = await gateway.logged({ message: /starting it again$/ });
    assert.deepEqual({ level, why, delayMs }, { level: 'error', why: 'SIGKILL', delayMs: 250 });
    assert.equal((await get(gateway, book)).status, 200);
    await gateway.logged({ startedWorker: endedWorker, address: gateway.address });
    assert.equal(workersOf(gateway).length, 2);
    await metricsWith(gateway, counted(5));
  });

  test('SIGHUP reaches all; a worker that cannot start again is tried until it can', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'protogate-workers-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const proto = join(folder, 'library/v1/library.proto');
    const original = join(fixtures, 'library/v1/library.proto');
    cpSync(original, proto);
    const flags = ['--proto', 'library/v1/library.proto', '--proto-path', folder, '--upstream', library.target];
    const gateway = await startGatewayProcess([...workers, ...flags, '--no-watch']);
    context.after(() => gateway.stop());
    gateway.child.kill('SIGHUP');
    const reloading = ['loading the schema again', 'loading the schema again'];
    for (const message of reloading) await gateway.logged({ message });
    // At once: while it is written the file is empty, which is a schema too, and a worker may be reading it.
    writeFileSync(`${proto}.new`, 'syntax = "proto3"; message');
    renameSync(`${proto}.new`, proto);
    killOne(gateway);
    const { refusedWorker, faults } = await gateway.logged({ level: 'error', message: /cannot start$/ });
    assert.match(String(faults), /library\.proto/);
    assert.equal((await get(gateway, book)).status, 200);
    cpSync(original, proto);
    await gateway.logged({ startedWorker: refusedWorker });
  });
});

describe('several workers: start', { timeout }, () => {
  test('faults of the schema are told once, exit 2', async () => {
    const flags = ['--proto', 'no-such.proto', '--upstream', '127.0.0.1:1'];
    assert.deepEqual(await runGateway([...workers, ...flags]), await runGateway(flags));
  });

  test('a busy port is told once, exit 1', async (context) => {
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await once(other, 'listening');
    const flags = [
      ...protos,
      '--upstream',
      '127.0.0.1:1',
      '--listen',
      `127.0.0.1:${(other.address() as AddressInfo).port}`,
    ];
    const ended = await runGateway([...workers, ...flags]);
    assert.deepEqual(ended, await runGateway(flags));
    assert.equal(ended.exitCode, 1);
  });

  test('a worker that ends while it starts ends the program', async () => {
    const quitter = 'data:text/javascript,import cluster from "node:cluster";if(cluster.isWorker)process.exit(7)';
    const { exitCode, stderr } = await runGateway([...workers, ...protos, '--upstream', '127.0.0.1:1'], {
      nodeFlags: ['--import', quitter],
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /^worker [12] ended before it listened \(exit code 7\)\n$/);
  });
});

describe('several workers: stop', { timeout }, () => {
  /** With a request on its way to each of two workers, that waits for an upstream which does not answer. */
  async function busy(context: TestContext, grace: string, deadline?: string) {
    const gateway = await start(context, ['--shutdown-grace', grace]);
    const headers = { connection: 'close', ...(deadline && { 'grpc-timeout': deadline }) };
    const calls = library.seen.length;
    const answers = [1, 2].map(() => fetch(`${gateway.address}/v1/shelves/1/books/slow`, { headers }));
    await library.arrived(calls + 2);
    return { gateway, answers };
  }

  test('SIGTERM: requests under way are answered, exit 0', async (context) => {
    const { gateway, answers } = await busy(context, '30s', '500m');
    gateway.child.kill('SIGTERM');
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.deepEqual(statuses, [504, 504]);
    await once(gateway.child, 'close');
    assert.equal(gateway.child.exitCode, 0);
  });

  test('what does not end in time is cut', async (context) => {
    const { gateway, answers } = await busy(context, '100ms');
    gateway.child.kill('SIGTERM');
    const outcomes = await Promise.allSettled(answers);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await once(gateway.child, 'close');
    assert.equal(gateway.child.exitCode, 0);
  });

  test('the parent is gone', async (context) => {
    const gateway = await start(context, [], { ipc: true });
    gateway.child.disconnect();
    await once(gateway.child, 'exit');
    assert.equal(gateway.child.exitCode, 0);
  });

  test('no worker is left when the primary is killed', async (context) => {
    const gateway = await start(context);
    gateway.child.kill('SIGKILL');
    // Its workers hold its standard output: that closes with the last of them.
    await once(gateway.child, 'close');
    await assert.rejects(get(gateway, '/healthz'));
  });
});
