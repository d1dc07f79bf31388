import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fixtures, type LibraryServer, startLibraryServer } from '../support/library-server.ts';
import { type GatewayProcess, runGateway, startGatewayProcess } from './run-gateway.ts';

const protos = ['--proto', 'library/v1/library.proto', '--proto-path', fixtures];

let library: LibraryServer;
before(async () => {
  library = await startLibraryServer();
});
after(() => library.close());

/** The flags that serve the library, and these. */
const flags = (...more: string[]): string[] => [...protos, '--upstream', library.target, ...more];

/** Far more than any of it takes: a test that waits for what never comes fails instead of hanging. */
const timeout = 60_000;

describe('a gateway with default settings', { timeout }, () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGatewayProcess(flags('--access-log'));
  });
  after(() => gateway.stop());
  const get = (path: string, init?: RequestInit) => fetch(`${gateway.address}${path}`, init);

  test('serves the annotated methods', async () => {
    const response = await get('/v1/shelves/1/books/2');
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      name: 'shelves/1/books/2',
      title: 'A title',
      pages: '9007199254740993',
      tags: [],
    });
  });

  test('answers a path that is no route with google.rpc.Status', async () => {
    const response = await get('/nowhere');
    assert.equal(response.status, 404);
    assert.deepEqual(await response.json(), { code: 5, message: 'Not Found', details: [] });
  });

  test('a request whose body is not announced has none', async () => {
    const answers = [
      ['POST /v1/books', '{"name":"","title":"","pages":"0","tags":[]}'],
      ['POST /v1/books:import', '{"count":0}'],
      ['POST /v1/books:echo', ''],
    ];
    for (const [line, body] of answers) {
      const socket = connect(Number(new URL(gateway.address).port), '127.0.0.1');
      socket.write(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      const answer = await text(socket);
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
      const sent = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      assert.equal(sent.replace(/^0\r\n\r\n$/, ''), body, line);
    }
  });

  test('/healthz, /readyz', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const response = await get(path);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { status: 'ok' });
    }
  });

  test('/metrics counts requests by route, method and code, and has the metrics of Node', async () => {
    await (await get('/v1/shelves/9/books/missing')).text();
    const response = await get('/metrics');
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const labels = 'route="/v1/{name=shelves/*/books/*}",method="GET"';
    assert.ok(text.includes(`protogate_requests_total{${labels},code="NOT_FOUND"} 1\n`), text);
    assert.ok(text.includes(`protogate_request_duration_seconds_bucket{${labels},le="+Inf"} `));
    assert.ok(text.includes('protogate_requests_in_flight 0\n'));
    assert.match(text, /^process_resident_memory_bytes \d+$/m);
    assert.ok(!text.includes('/healthz'));
  });

  test('logs a line a request, without its query', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await (
      await get('/v1/shelves/1/books/missing?full=true', { headers: { 'x-request-id': 'abc', traceparent } })
    ).text();
    const { time, hostname, durationMs, ...line } = await gateway.logged({ message: 'request', requestId: 'abc' });
    assert.ok(typeof time === 'string' && typeof hostname === 'string' && typeof durationMs === 'number');
    assert.deepEqual(line, {
      level: 'info',
      service: 'gateway',
      method: 'GET',
      path: '/v1/shelves/1/books/missing',
      status: 404,
      code: 'NOT_FOUND',
      requestId: 'abc',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      message: 'request',
    });
  });

  test('a client that leaves is logged and counted, and is not under way any more', async () => {
    for (const path of ['/v1/shelves/1/books/slow', '/v1/shelves/1/books:watch?count=1000000']) {
      const leaving = new AbortController();
      const calls = library.seen.length;
      const answer = get(path, { signal: leaving.signal, headers: { 'x-request-id': path } }).then((response) =>
        response.text(),
      );
      await library.arrived(calls + 1);
      leaving.abort();
      await assert.rejects(answer);
      assert.equal((await gateway.logged({ message: 'request', requestId: path }))['code'], 'CANCELLED');
    }
    assert.ok((await (await get('/metrics')).text()).includes('protogate_requests_in_flight 0\n'));
  });

  test('no CORS headers unless they are asked for', async () => {
    const response = await get('/v1/shelves/1/books/2', { headers: { origin: 'https://a.example' } });
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });
});

describe('a gateway with settings', { timeout }, () => {
  const running: GatewayProcess[] = [];
  const start = async (...argv: string[]) => {
    const gateway = await startGatewayProcess(argv);
    running.push(gateway);
    return gateway.address;
  };
  after(() => Promise.all(running.map((gateway) => gateway.stop())));

  test('CORS: any origin, and preflights', async () => {
    const address = await start(...flags('--cors-origin', '*'));
    const book = `${address}/v1/shelves/1/books/2`;
    const plain = await fetch(book, { headers: { origin: 'https://a.example' } });
    assert.equal(plain.status, 200);
    assert.equal(plain.headers.get('access-control-allow-origin'), '*');
    assert.equal(plain.headers.get('access-control-expose-headers'), '*');
    const asked = { origin: 'https://a.example', 'access-control-request-method': 'PATCH' };
    const preflight = await fetch(book, {
      method: 'OPTIONS',
      headers: { ...asked, 'access-control-request-headers': 'x-request-id' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD, POST, PUT, PATCH, DELETE');
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'x-request-id');
    const options = await fetch(book, { method: 'OPTIONS' });
    assert.equal(options.status, 204);
    assert.match(options.headers.get('allow') ?? '', /GET/);
  });

  test('CORS: one origin', async () => {
    const address = await start(...flags('--cors-origin', 'https://a.example'));
    const origins = [
      ['https://a.example', 'https://a.example'],
      ['https://b.example', null],
    ] as const;
    for (const [origin, allowed] of origins) {
      const response = await fetch(`${address}/nowhere`, { headers: { origin } });
      assert.equal(response.headers.get('access-control-allow-origin'), allowed);
      assert.equal(response.headers.get('vary'), 'Origin');
    }
  });

  test('its own paths moved and turned off', async () => {
    const address = await start(...flags('--healthz-path', '/live', '--readyz-path', 'off', '--metrics-path', 'off'));
    const statuses = await Promise.all(
      ['/live', '/healthz', '/readyz', '/metrics'].map(async (path) => (await fetch(address + path)).status),
    );
    assert.deepEqual(statuses, [200, 404, 404, 404]);
  });

  test('/readyz names the upstreams that cannot be reached', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const target = `127.0.0.1:${(free.address() as AddressInfo).port}`;
    free.close();
    const address = await start(...flags('--upstream', `other.Service=${target}`));
    const response = await fetch(`${address}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: 'unavailable', unreachable: [target] });
    assert.equal((await fetch(`${address}/healthz`)).status, 200);
  });

  test('metadata as status and header, JSON in another form, caps', async () => {
    const address = await start(
      ...flags('--http-status-metadata', 'x-http-code', '--response-header', 'etag=ETag', '--no-emit-defaults'),
      ...['--indent', '2', '--max-body', '64B', '--unknown-query', 'reject', '--unknown-fields=reject'],
    );
    const get = (path: string, init?: RequestInit) => fetch(`${address}${path}`, init);
    assert.equal((await get('/v1/shelves/1/books/teapot')).status, 418);
    const book = await get('/v1/shelves/1/books/headers');
    assert.equal(book.headers.get('etag'), '"7"');
    assert.equal(
      await book.text(),
      '{\n  "name": "shelves/1/books/headers",\n  "title": "A title",\n  "pages": "9007199254740993"\n}',
    );
    assert.equal((await get('/v1/books', { method: 'POST', body: `{"title":"${'x'.repeat(64)}"}` })).status, 413);
    assert.equal((await get('/v1/books', { method: 'POST', body: '{"x":1}' })).status, 400);
    assert.equal((await get('/v1/shelves/1/books/2?x=1')).status, 400);
  });

  for (const transport of ['grpc-js', 'h2']) {
    test(`--transport ${transport}`, async () => {
      const address = await start(...flags('--transport', transport));
      assert.equal((await fetch(`${address}/v1/shelves/1/books/2`)).status, 200);
      assert.equal((await fetch(`${address}/readyz`)).status, 200);
    });
  }

  test('everything from the environment', async () => {
    const gateway = await startGatewayProcess([], {
      environment: {
        PROTOGATE_PROTO: 'library/v1/library.proto',
        PROTOGATE_PROTO_PATH: fixtures,
        PROTOGATE_UPSTREAM: library.target,
        PROTOGATE_TIMEOUT: '50ms',
        PROTOGATE_UNBOUND_METHODS: 'on',
      },
    });
    running.push(gateway);
    assert.equal((await fetch(`${gateway.address}/v1/shelves/1/books/slow`)).status, 504);
    const burned = await fetch(`${gateway.address}/library.v1.Library/BurnBook`, {
      method: 'POST',
      headers: { 'grpc-timeout': '1M' },
      body: '{"name":"a"}',
    });
    assert.equal(burned.status, 200);
  });
});

describe('start', { timeout }, () => {
  test('one line says where it listens and what it serves', async () => {
    const gateway = await startGatewayProcess(flags());
    await gateway.stop();
    const { time, hostname, caller, startMs, ...line } = gateway.ready;
    assert.ok(typeof time === 'string' && typeof hostname === 'string' && Number(startMs) > 0);
    assert.match(String(caller), /^logReady gateway\/program\/log-ready\.ts:\d+$/);
    assert.deepEqual(line, {
      level: 'info',
      service: 'gateway',
      address: gateway.address,
      services: 1,
      methods: 8,
      routes: 8,
      message: `listening on ${gateway.address}`,
    });
  });

  test('loads neither grpc-js, Ajv, YAML, prom-client nor the fetch of Node, which it does not need', async () => {
    const watch = `data:text/javascript,${encodeURIComponent(`import { registerHooks } from 'node:module';
      registerHooks({
        load(url, context, next) {
          if (/node_modules.(?:@grpc|ajv|yaml|prom-client)/.test(url)) throw new Error('loads ' + url);
          return next(url, context);
        },
      });
      process.on('exit', () => {
        if (process.moduleLoadList.some((name) => name.endsWith('undici/undici'))) process.exitCode = 9;
      });`)}`;
    const gateway = await startGatewayProcess(flags('--transport', 'h2'), { nodeFlags: ['--import', watch] });
    assert.equal((await fetch(`${gateway.address}/v1/shelves/1/books/2`)).status, 200);
    await gateway.stop();
    assert.equal(gateway.child.exitCode, 0);
  });

  test('--help and --version', async () => {
    const help = await runGateway(['--help']);
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, /^ {2}--proto FILE/m);
    const version = await runGateway(['--version']);
    assert.deepEqual({ ...version, stdout: '' }, { exitCode: 0, stdout: '', stderr: '' });
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('all faults of the settings, a line each, exit 2', async () => {
    assert.deepEqual(await runGateway(['--listen', 'here', '--indent', 'x', '--no-such']), {
      exitCode: 2,
      stdout: '',
      stderr:
        '--no-such: there is no such flag\n--listen: "here" is not host:port, such as 127.0.0.1:8080\n' +
        '--indent: "x" is not a whole number from 0 to 10\n',
    });
  });

  for (const ipc of [false, true]) {
    test(`faults of the schema, exit 2${ipc ? ', with a parent that holds a channel' : ''}`, async () => {
      const ended = await runGateway(['--proto', 'no-such.proto', '--upstream', '127.0.0.1:1'], { ipc });
      assert.deepEqual({ exitCode: ended.exitCode, stdout: ended.stdout }, { exitCode: 2, stdout: '' });
      assert.match(ended.stderr, /^[^\n]*no-such\.proto[^\n]*\n$/);
    });
  }

  test('a busy port: a line that names it and the flag, exit 1', async (context) => {
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    assert.deepEqual(await runGateway(flags('--listen', `127.0.0.1:${port}`)), {
      exitCode: 1,
      stdout: '',
      stderr: `port ${port} is in use on 127.0.0.1; choose another with --listen HOST:PORT\n`,
    });
  });
});

describe('stop', { timeout }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal}: no new connection, the request under way is answered, exit 0`, async () => {
      const gateway = await startGatewayProcess(flags());
      const calls = library.seen.length;
      const answer = fetch(`${gateway.address}/v1/shelves/1/books/slow`, { headers: { 'grpc-timeout': '500m' } });
      await library.arrived(calls + 1);
      gateway.child.kill(signal);
      gateway.child.kill(signal);
      await gateway.logged({ message: 'stopping' });
      await assert.rejects(fetch(`${gateway.address}/healthz`, { headers: { connection: 'close' } }));
      assert.equal((await answer).status, 504);
      await once(gateway.child, 'exit');
      assert.equal(gateway.child.exitCode, 0);
    });
  }

  test('what does not end in time is cut', async () => {
    const gateway = await startGatewayProcess(flags('--shutdown-grace', '100ms'));
    const calls = library.seen.length;
    const answer = fetch(`${gateway.address}/v1/shelves/1/books/slow`);
    await library.arrived(calls + 1);
    gateway.child.kill('SIGTERM');
    await assert.rejects(answer);
    await library.seen.at(-1)?.cancelled;
    await once(gateway.child, 'exit');
    assert.equal(gateway.child.exitCode, 0);
  });

  test('the parent is gone', async () => {
    const gateway = await startGatewayProcess(flags(), { ipc: true });
    gateway.child.disconnect();
    await once(gateway.child, 'exit');
    assert.equal(gateway.child.exitCode, 0);
  });

  test('an exception that nobody caught is fatal', async () => {
    const thrower = 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("boom")})';
    const gateway = await startGatewayProcess(flags(), { nodeFlags: ['--import', thrower] });
    gateway.child.kill('SIGUSR2');
    const { level, err } = await gateway.logged({ message: 'uncaughtException' });
    assert.equal(level, 'fatal');
    assert.equal((err as { message: string }).message, 'boom');
    await once(gateway.child, 'exit');
    assert.equal(gateway.child.exitCode, 1);
  });
});
