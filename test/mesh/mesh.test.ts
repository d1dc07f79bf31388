import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { serviceNames, serviceTable } from '../../services/table.ts';
import { readAnswer, wholeTree } from './greeting-answer.ts';
import { isRunning, type LogLine, type MeshProcess, startMesh, until } from './mesh-process.ts';

describe('the mesh of nine processes', () => {
  let mesh: MeshProcess;
  before(async () => {
    mesh = await startMesh();
    await mesh.ready();
  });
  after(() => mesh.stop());

  const accessLine = (service: string, requestId: string, from = 0): Promise<LogLine> =>
    mesh.line((line) => line['service'] === service && line['requestId'] === requestId && 'code' in line, from);

  const greet = async (headers: Record<string, string> = {}) =>
    readAnswer(await mesh.fetch('/api/v1/greeting', { headers }));

  /** A stopped process keeps its connections and answers nothing; it runs again after `work`, come what may. */
  const whileStopped = async (service: string, work: () => Promise<void>): Promise<void> => {
    const pid = mesh.pidOf(service);
    process.kill(pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };

  test('says where it is and what to try, in one line', async () => {
    const { address, try: commands } = await mesh.ready();
    assert.equal(address, `http://127.0.0.1:${mesh.gatewayPort}`);
    assert.ok(Array.isArray(commands));
    assert.equal(commands.length, 3);
  });

  test('greets in the order of the call tree, whole', async () => {
    const { greetings, services, missing } = await greet();
    assert.deepEqual(services, wholeTree);
    assert.deepEqual(missing, []);
    for (const { id, service, message, created, hostname: host } of greetings) {
      assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      assert.equal(message, Object.values(serviceTable).find(({ name }) => name === service)?.message);
      assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(Math.abs(Date.parse(created) - Date.now()) < 3_600_000);
      assert.equal(host, hostname());
    }
    assert.equal(new Set(greetings.map(({ id }) => id)).size, 7);
  });

  for (const path of ['/api/greeting', '/api/ping']) {
    test(`answers the older ${path} alike`, async () => {
      const { services } = await readAnswer(await mesh.fetch(path));
      assert.deepEqual(services, wholeTree);
    });
  }

  test('keeps the other older routes', async () => {
    const health = await mesh.fetch('/api/health');
    assert.deepEqual([health.status, await health.json()], [200, { alive: true }]);
    for (const code of [200, 204, 299, 404, 503, 599]) {
      const response = await mesh.fetch(`/api/status/${code}`);
      await response.arrayBuffer();
      assert.equal(response.status, code);
    }
    const metrics = await mesh.fetch('/api/metrics');
    assert.match(String(metrics.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
    assert.match(
      await metrics.text(),
      /^grpc_server_handled_total\{.*grpc_method="Status".*service="Service A"\} \d+$/m,
    );
  });

  const badRequests: readonly (readonly [
    name: string,
    path: string,
    options: RequestInit,
    status: number,
    code: number,
  ])[] = [
    ['a code below the range', '/api/status/199', {}, 400, 3],
    ['a code above the range', '/api/status/600', {}, 400, 3],
    ['a code that is no number', '/api/status/teapot', {}, 400, 3],
    ['a code that is no 32-bit number', '/api/status/4294967296', {}, 400, 3],
    ['a path that nothing serves', '/api/v2/greeting', {}, 404, 5],
    ['a malformed deadline', '/api/v1/greeting', { headers: { 'grpc-timeout': 'soon' } }, 400, 3],
  ];
  for (const [name, path, options, status, code] of badRequests) {
    test(`answers ${name} with ${status}`, async () => {
      const response = await mesh.fetch(path, options);
      const body = (await response.json()) as { code: number };
      assert.deepEqual([response.status, body.code], [status, code]);
    });
  }

  test('shows the ids of a request in the log of every service', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await greet({ 'x-request-id': 'abc', traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    for (const service of serviceNames) {
      const line = await mesh.line((each) => each['service'] === service && each['requestId'] === 'abc');
      assert.equal(line['traceId'], traceId, service);
    }
    const { code, method, durationMs, level, time } = await accessLine('Service H', 'abc');
    assert.deepEqual([code, method, level], ['OK', '/greeting.GreetingService/Greeting', 'info']);
    assert.equal(typeof durationMs, 'number');
    assert.match(String(time), /^\d{4}-/);
  });

  test('takes the trace id from B3 where there is no traceparent', async () => {
    await greet({ 'x-request-id': 'b3', 'x-b3-traceid': '463ac35c9f6413ad48485a3953bb6124' });
    const { traceId } = await accessLine('Service H', 'b3');
    assert.equal(traceId, '463ac35c9f6413ad48485a3953bb6124');
  });

  test('logs no secret of a request', async () => {
    await greet({
      'x-request-id': 'secretive',
      authorization: 'Bearer do-not-log-me',
      cookie: 'session=do-not-log-me',
    });
    await accessLine('Service H', 'secretive');
    assert.doesNotMatch(JSON.stringify([mesh.lines, mesh.text]), /do-not-log-me/);
  });

  test('answers 300 requests at once with nothing mixed', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_none, index) => {
        const requestId = `many-${index}`;
        return { requestId, ...(await greet({ 'x-request-id': requestId })) };
      }),
    );
    for (const { services, missing } of answers) assert.deepEqual([services, missing], [wholeTree, []]);
    const ids = answers.flatMap(({ greetings }) => greetings.map(({ id }) => id));
    assert.equal(new Set(ids).size, 300 * 7);

    // What F has taken from the queue ties D's greeting to the request that it answered.
    const stored = await until(() => {
      const found = mesh.lines.filter(({ service, greeting, requestId }) => {
        return service === 'Service F' && greeting !== undefined && String(requestId).startsWith('many-');
      });
      return found.length >= 300 ? found : undefined;
    });
    const requestOf = new Map(stored.map(({ greeting, requestId }) => [greeting, requestId]));
    for (const { requestId, greetings } of answers) {
      const fromD = greetings.find(({ service }) => service === 'Service D');
      assert.equal(requestOf.get(fromD?.id), requestId);
    }
    for (const service of serviceNames.filter((name) => name !== 'Service F')) {
      const lines = mesh.lines.filter(
        (line) => line['service'] === service && /^many-/.test(String(line['requestId'])),
      );
      assert.equal(new Set(lines.map(({ requestId }) => requestId)).size, 300, service);
    }
  });

  test('keeps the greetings of D, F, G and H, and passes those of D to F through the queue', async () => {
    const { greetings } = await greet({ 'x-request-id': 'kept' });
    const rowOf = (database: string, id: string | undefined) => {
      const file = new DatabaseSync(join(mesh.dataDirectory, `${database}.db`), { readOnly: true, timeout: 1_000 });
      try {
        const row = file
          .prepare('SELECT id, service, message, created, hostname FROM messages WHERE id = ?')
          .get(id ?? '');
        return row === undefined ? undefined : { ...row };
      } finally {
        file.close();
      }
    };
    for (const [database, from] of [
      ['service-d', 'Service D'],
      ['service-f', 'Service D'],
      ['service-g', 'Service G'],
      ['service-h', 'Service H'],
    ] as const) {
      const greeting = greetings.find(({ service }) => service === from);
      assert.deepEqual(await until(() => rowOf(database, greeting?.id)), greeting, database);
    }
    const databases = readdirSync(mesh.dataDirectory).filter((name) => name.endsWith('.db'));
    assert.deepEqual(databases.sort(), ['queue.db', 'service-d.db', 'service-f.db', 'service-g.db', 'service-h.db']);
  });

  test('keeps what D says while F is away', async () => {
    let id: string | undefined;
    await whileStopped('Service F', async () => {
      const { greetings, services } = await greet({ 'x-request-id': 'away' });
      assert.deepEqual(services, wholeTree);
      id = greetings.find(({ service }) => service === 'Service D')?.id;
    });
    const line = await mesh.line(({ service, greeting }) => service === 'Service F' && greeting === id);
    assert.equal(line['requestId'], 'away');
  });

  test('names a killed service, answers without it, and has it back once it runs again', async () => {
    const from = mesh.lines.length;
    const killed = mesh.pidOf('Service C');
    process.kill(killed, 'SIGKILL');
    const without = await until(async () => {
      const answer = await greet();
      return answer.missing.length > 0 ? answer : undefined;
    });
    assert.deepEqual(without.missing, ['Service C']);
    assert.deepEqual(without.services, wholeTree.slice(0, -1));
    await mesh.line(({ service, message }) => {
      return service === 'start' && /^Service C ended \(SIGKILL\); starting it again in \d+ ms$/.test(String(message));
    }, from);
    const whole = await until(async () => {
      const answer = await greet();
      return answer.missing.length === 0 ? answer : undefined;
    });
    assert.deepEqual(whole.services, wholeTree);
    assert.ok(!isRunning(killed));
  });

  test('names the top of a lost part of the tree alone', async () => {
    await whileStopped('Service E', async () => {
      const { services, missing } = await greet({ 'grpc-timeout': '3S' });
      assert.deepEqual(missing, ['Service E']);
      assert.deepEqual(services, ['Service A', 'Service B', 'Service D', 'Service C']);
    });
  });

  test('answers within the deadline without a service that hangs at the far end', async () => {
    await whileStopped('Service H', async () => {
      const { services, missing } = await greet({ 'grpc-timeout': '3S' });
      assert.deepEqual(missing, ['Service H']);
      assert.deepEqual(
        services,
        wholeTree.filter((name) => name !== 'Service H'),
      );
    });
  });

  test('answers 504 when the deadline passes without an answer', async () => {
    await whileStopped('Service A', async () => {
      const response = await mesh.fetch('/api/v1/greeting', { headers: { 'grpc-timeout': '300m' } });
      const body = (await response.json()) as { code: number };
      assert.deepEqual([response.status, body.code], [504, 4]);
    });
  });

  test('cancels down the tree when the client leaves', async () => {
    await whileStopped('Service H', async () => {
      const client = new AbortController();
      const request = mesh.fetch('/api/v1/greeting', { headers: { 'x-request-id': 'left' }, signal: client.signal });
      const refused = assert.rejects(request, { name: 'AbortError' });
      // E calls G and H at once: when G has answered, H has been asked.
      await accessLine('Service G', 'left');
      client.abort();
      await refused;
      for (const service of ['Service E', 'Service B', 'Service A']) {
        const { code } = await accessLine(service, 'left');
        assert.equal(code, 'CANCELLED', service);
      }
    });
  });

  test('answers 503 while service A is away, and serves again', async () => {
    process.kill(mesh.pidOf('Service A'), 'SIGKILL');
    const away = await until(async () => {
      const response = await mesh.fetch('/api/v1/greeting');
      const body = (await response.json()) as { code?: number };
      return response.status === 200 ? undefined : { status: response.status, code: body.code };
    });
    assert.deepEqual(away, { status: 503, code: 14 });
    const { services } = await until(async () => {
      const response = await mesh.fetch('/api/v1/greeting');
      if (response.status === 200) return readAnswer(response);
      await response.arrayBuffer();
      return undefined;
    });
    assert.deepEqual(services, wholeTree);
  });
});
