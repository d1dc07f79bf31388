import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Client,
  credentials,
  logVerbosity,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { createLogger } from '../gateway/telemetry/logger.ts';
import type { Configuration } from './configuration.ts';
import type { GreetingResponse } from './greeting/greeting.ts';
import { missingOf } from './greeting/missing-services.ts';
import { loadServices } from './kit/proto-services.ts';
import { ListenError } from './kit/server.ts';
import { runService } from './run-service.ts';
import { type ServiceName, serviceTable } from './table.ts';

const serviceOf = loadServices([
  'greeting/greeting.proto',
  'greeting/edge.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
]);

function methodOf(service: string, method: string): MethodDefinition<object, object> {
  const definition = serviceOf(service)[method];
  assert.ok(definition !== undefined);
  return definition;
}
const greetingMethod = methodOf('greeting.GreetingService', 'Greeting');

type Line = Readonly<Record<string, unknown>>;
type Answer = { readonly message: object; readonly headers: Metadata };

let folder = '';
let closing: (() => unknown)[] = [];
setLogVerbosity(logVerbosity.NONE);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'protogate-service-'));
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
  rmSync(folder, { recursive: true });
});

async function start(name: ServiceName, settings: Partial<Configuration> = {}) {
  const lines: Line[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const configuration: Configuration = {
    row: serviceTable[name],
    greeting: `from ${name}`,
    host: '127.0.0.1',
    port: 0,
    metricsPort: undefined,
    logLevel: 'debug',
    callees: [],
    queueName: 'service-d.greeting',
    dataDirectory: join(folder, 'data'),
    ...settings,
  };
  const log = createLogger({ service: name, level: 'debug', destination });
  const { port, stop } = await runService(configuration, log, log);
  let stopped: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => {
    stopped ??= stop();
    return stopped;
  };
  closing.push(stopOnce);
  const address = `127.0.0.1:${port}`;
  const client = new Client(address, credentials.createInsecure());
  closing.push(() => client.close());
  return { address, client, lines, stop: stopOnce };
}

/** A callee that does what the test says. */
async function startCallee(
  name: ServiceName,
  handle: (call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => void,
) {
  const server = new Server();
  server.addService(serviceOf('greeting.GreetingService'), { Greeting: handle });
  closing.push(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { name, address: `127.0.0.1:${port}` };
}

const greetingOf = (service: string): object => ({
  greeting: [{ id: '1', service, message: '', created: '', hostname: '' }],
});

function call(
  client: Client,
  method: MethodDefinition<object, object>,
  request: object,
  { metadata = new Metadata(), timeoutMs = 60_000 }: { metadata?: Metadata; timeoutMs?: number } = {},
): Promise<Answer> & { cancel(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let headers = new Metadata();
  const running = client.makeUnaryRequest<object, object>(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    metadata,
    { deadline: Date.now() + timeoutMs },
    (error, message) => (error === null ? resolve({ message: message ?? {}, headers }) : reject(error)),
  );
  running.on('metadata', (received: Metadata) => {
    headers = received;
  });
  return Object.assign(promise, { cancel: () => running.cancel() });
}

async function greet(client: Client, options: Parameters<typeof call>[3] = {}) {
  const { message, headers } = await call(client, greetingMethod, {}, options);
  return {
    services: (message as GreetingResponse).greeting.map(({ service }) => service),
    missing: missingOf(headers),
  };
}

async function healthOf(client: Client): Promise<unknown> {
  const { message } = await call(client, methodOf('grpc.health.v1.Health', 'Check'), {});
  return 'status' in message ? message.status : undefined;
}

async function until<Value>(ask: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    await pause(5);
  }
}

const isServing = async (client: Client) => ((await healthOf(client)) === 'SERVING' ? true : undefined);

describe('a greeting', () => {
  test('calls all callees at once and answers in their order', async () => {
    const waiting: (() => void)[] = [];
    // Neither answers before both are called; then the later one answers first.
    const rendezvous = (name: string) => (_call: unknown, answer: sendUnaryData<object>) => {
      waiting.push(() => answer(null, greetingOf(name)));
      if (waiting.length === 2) for (const each of waiting.reverse()) each();
    };
    const callees = [
      await startCallee('Service G', rendezvous('Service G')),
      await startCallee('Service H', rendezvous('Service H')),
    ];
    const { client } = await start('Service E', { callees });
    assert.deepEqual(await greet(client), { services: ['Service E', 'Service G', 'Service H'], missing: [] });
  });

  test('names what is missing, here and further down, in order', async () => {
    const callees = [
      await startCallee('Service B', (called, answer) => {
        const headers = new Metadata();
        headers.add('greeting-missing', 'Service D');
        headers.add('greeting-missing', 'Service H');
        called.sendMetadata(headers);
        answer(null, greetingOf('Service B'));
      }),
      await startCallee('Service C', (_called, answer) => answer({ code: 8, details: 'too much' })),
    ];
    const { client, lines } = await start('Service A', { callees });
    const metadata = new Metadata();
    metadata.set('x-request-id', 'r1');
    assert.deepEqual(await greet(client, { metadata }), {
      services: ['Service A', 'Service B'],
      missing: ['Service D', 'Service H', 'Service C'],
    });
    const warning = lines.find(({ level }) => level === 'warn');
    assert.equal(warning?.['message'], 'Service C is missing: too much');
    assert.deepEqual([warning['code'], warning['requestId']], ['RESOURCE_EXHAUSTED', 'r1']);
    assert.match(String(warning['caller']), /^askCallee services\/greeting\/greet\.ts:\d+$/);
  });

  test('leaves a callee less time than it has, and goes on without a late one', async () => {
    let remaining = 0;
    const callees = [
      await startCallee('Service G', (called) => {
        remaining = Number(called.getDeadline()) - Date.now();
      }),
      await startCallee('Service H', (_called, answer) => answer(null, greetingOf('Service H'))),
    ];
    const { client } = await start('Service E', { callees });
    const answer = await greet(client, { timeoutMs: 2_000 });
    assert.deepEqual(answer, { services: ['Service E', 'Service H'], missing: ['Service G'] });
    assert.ok(remaining <= 1_800, `${remaining} ms`);
  });

  test('gives a callee a deadline when its own caller set none', async () => {
    let remaining = 0;
    const callee = await startCallee('Service G', (called, answer) => {
      remaining = Number(called.getDeadline()) - Date.now();
      answer(null, greetingOf('Service G'));
    });
    const { client } = await start('Service E', { callees: [callee] });
    await greet(client, { timeoutMs: Number.POSITIVE_INFINITY });
    assert.ok(remaining <= 9_000, `${remaining} ms`);
  });

  test('passes the trace headers on, and no other', async () => {
    let received = new Metadata();
    const callee = await startCallee('Service G', (called, answer) => {
      received = called.metadata;
      answer(null, greetingOf('Service G'));
    });
    const { client } = await start('Service E', { callees: [callee] });
    const metadata = new Metadata();
    metadata.set('x-b3-sampled', '1');
    metadata.set('authorization', 'Bearer secret');
    await greet(client, { metadata });
    assert.deepEqual(Object.keys(received.getMap()).sort(), ['user-agent', 'x-b3-sampled']);
  });

  test('is cancelled with its callees', async () => {
    const called = Promise.withResolvers<ServerUnaryCall<object, object>>();
    const callee = await startCallee('Service G', (received) => called.resolve(received));
    const { client, lines } = await start('Service E', { callees: [callee] });
    const greeting = call(client, greetingMethod, {});
    const refused = assert.rejects(greeting, { code: 1 });
    const received = await called.promise;
    const cancelled = new Promise((resolve) => received.once('cancelled', resolve));
    greeting.cancel();
    await refused;
    await cancelled;
    const line = await until(() => lines.find(({ code }) => code === 'CANCELLED'));
    assert.equal(line['method'], '/greeting.GreetingService/Greeting');
    assert.equal(lines.filter(({ level }) => level === 'warn').length, 0, 'the callee has not failed');
  });

  test('that ends past its deadline is logged as such', async () => {
    const { client, lines } = await start('Service E', {
      callees: [await startCallee('Service G', () => undefined)],
    });
    await assert.rejects(call(client, greetingMethod, {}, { timeoutMs: 1 }), { code: 4 });
    await greet(client, { timeoutMs: 500 });
    for (const { code } of lines.filter(({ method }) => method !== undefined)) {
      assert.ok(['OK', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(String(code)), String(code));
    }
  });
});

describe('queue and store', () => {
  test('that cannot be reached keep no greeting up, and take what waited once they can', async () => {
    const blocked = join(folder, 'data');
    writeFileSync(blocked, 'a file where the folder should be');
    const { client, lines, stop } = await start('Service D');
    assert.equal(await healthOf(client), 'NOT_SERVING');
    assert.deepEqual(await greet(client), { services: ['Service D'], missing: [] });
    const failure = (what: string) =>
      lines.find(({ message }) => message === `the ${what} fails; greetings wait in memory`);
    await until(() => failure('queue') && failure('store'));
    rmSync(blocked);
    await until(() => isServing(client));

    const consumer = await start('Service F');
    await until(() => consumer.lines.find(({ message }) => message === 'stored a greeting from the queue'));
    await stop();
    assert.equal(lines.filter(({ message }) => String(message).includes('lost')).length, 0);
  });

  test('count what they do where Prometheus reads it', async () => {
    const port = await freePort();
    const { client } = await start('Service D', { metricsPort: port });
    await until(() => isServing(client));
    await greet(client);
    const text = await until(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      const body = await response.text();
      return /_written_total\{to="queue"/.test(body) && /_written_total\{to="store"/.test(body) ? body : undefined;
    });
    assert.match(text, /^greeting_messages_written_total\{to="queue",service="Service D"\} 1$/m);
    assert.match(text, /^grpc_server_handled_total\{.*grpc_method="Greeting",grpc_code="OK",service="Service D"\} 1$/m);
    assert.equal((await fetch(`http://127.0.0.1:${port}/other`)).status, 404);
  });
});

describe('health', () => {
  test('is known for the server and each of its services', async () => {
    const { client } = await start('Service A');
    await until(() => isServing(client));
    const check = methodOf('grpc.health.v1.Health', 'Check');
    for (const service of ['', 'greeting.GreetingService', 'greeting.EdgeService']) {
      const { message } = await call(client, check, { service });
      assert.deepEqual(message, { status: 'SERVING' });
    }
    await assert.rejects(call(client, check, { service: 'no.Such' }), { code: 5, details: 'unknown service' });
    const { message } = await call(client, methodOf('grpc.health.v1.Health', 'List'), {});
    assert.deepEqual('statuses' in message && message.statuses, {
      '': { status: 'SERVING' },
      'greeting.GreetingService': { status: 'SERVING' },
      'greeting.EdgeService': { status: 'SERVING' },
    });
  });

  test('tells those who watch that the service drains, and then lets them go', async () => {
    const { client, stop } = await start('Service C');
    await until(() => isServing(client));
    const watch = methodOf('grpc.health.v1.Health', 'Watch');
    const follow = (service: string) => {
      const statuses: unknown[] = [];
      const stream = client.makeServerStreamRequest<object, object>(
        watch.path,
        watch.requestSerialize,
        watch.responseDeserialize,
        { service },
      );
      const ended = new Promise<ServiceError>((resolve) => stream.once('error', resolve));
      stream.on('data', (message: { status: unknown }) => statuses.push(message.status));
      return { statuses, ended };
    };
    const [known, unknown] = [follow('greeting.GreetingService'), follow('no.Such')];
    await until(() => (known.statuses.length > 0 && unknown.statuses.length > 0 ? true : undefined));
    await stop();
    assert.equal((await known.ended).code, 14);
    assert.deepEqual(known.statuses, ['SERVING', 'NOT_SERVING']);
    assert.equal((await unknown.ended).code, 14);
    assert.deepEqual(unknown.statuses, ['SERVICE_UNKNOWN']);
  });
});

describe('reflection', () => {
  for (const version of ['v1', 'v1alpha']) {
    test(`answers in version ${version}, until the service drains`, async () => {
      const { client, stop } = await start('Service C');
      const info = methodOf('grpc.reflection.v1.ServerReflection', 'ServerReflectionInfo');
      const stream = client.makeBidiStreamRequest<object, object>(
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        info.requestSerialize,
        info.responseDeserialize,
      );
      const ended = new Promise<ServiceError>((resolve) => stream.once('error', resolve));
      const ask = (request: object) =>
        new Promise<Record<string, unknown>>((resolve) => {
          stream.once('data', resolve);
          stream.write(request);
        });
      const { list_services_response: listed } = await ask({ host: 'h', list_services: '*' });
      assert.deepEqual(listed, {
        service: [
          { name: 'greeting.GreetingService' },
          { name: 'grpc.health.v1.Health' },
          { name: 'grpc.reflection.v1.ServerReflection' },
          { name: 'grpc.reflection.v1alpha.ServerReflection' },
        ],
      });
      const { error_response: fault, valid_host: host } = await ask({ host: 'h', file_by_filename: 'no.proto' });
      assert.deepEqual([fault, host], [{ error_code: 5, error_message: 'file no.proto is not here' }, 'h']);
      await stop();
      assert.equal((await ended).code, 14);
    });
  }
});

describe('the server', () => {
  test('answers what is under way when it stops, and takes nothing more', async () => {
    const called = Promise.withResolvers<() => void>();
    const callee = await startCallee('Service G', (_received, answer) => {
      called.resolve(() => answer(null, greetingOf('Service G')));
    });
    const { client, address, stop } = await start('Service E', { callees: [callee] });
    const greeting = greet(client);
    const answer = await called.promise;
    const stopped = stop();
    const late = new Client(address, credentials.createInsecure());
    closing.push(() => late.close());
    await assert.rejects(greet(late), { code: 14 });
    answer();
    assert.deepEqual((await greeting).services, ['Service E', 'Service G']);
    await stopped;
  });

  test('says that its address is taken', async () => {
    const { address } = await start('Service C');
    const port = Number(address.split(':')[1]);
    await assert.rejects(
      start('Service C', { port }),
      (error) => error instanceof ListenError && error.message.startsWith(`cannot listen on ${address} (`),
    );
  });

  test('answers a message that is none with INVALID_ARGUMENT, and says so in its log', async () => {
    const { client, lines } = await start('Service A');
    const status = methodOf('greeting.EdgeService', 'Status');
    const broken = { ...status, requestSerialize: () => Buffer.from([0xff, 0xff]) };
    await assert.rejects(call(client, broken, {}), { code: 3, details: 'the request message cannot be parsed' });
    assert.ok(lines.some(({ code }) => code === 'INVALID_ARGUMENT'));
  });

  test('outlives whatever comes', async () => {
    const { address, client } = await start('Service A');
    const session = connectHttp2(`http://${address}`);
    closing.push(() => session.close());
    const grpc = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
    const frame = (length: number, flag = 0) => Buffer.from([flag, 0, 0, 0, length]);
    const requests: readonly (readonly [headers: Record<string, string>, body: Buffer])[] = [
      [{ ...grpc, ':path': '/no.Such/Method' }, Buffer.alloc(0)],
      [{ ...grpc, ':path': '/' }, Buffer.alloc(0)],
      [{ ...grpc, ':path': '/é\u0080/%' }, Buffer.alloc(0)],
      [{ ':method': 'GET', ':path': '/greeting.GreetingService/Greeting' }, Buffer.alloc(0)],
      [{ ...grpc, ':path': greetingMethod.path }, Buffer.alloc(0)],
      [{ ...grpc, ':path': greetingMethod.path }, frame(200)],
      [{ ...grpc, ':path': greetingMethod.path }, Buffer.concat([frame(0), frame(0)])],
      [{ ...grpc, ':path': greetingMethod.path }, frame(0, 7)],
      [
        { ...grpc, ':path': greetingMethod.path, 'grpc-encoding': 'gzip' },
        Buffer.concat([frame(1, 1), Buffer.alloc(1)]),
      ],
      [{ ...grpc, ':path': greetingMethod.path, 'grpc-timeout': 'soon' }, frame(0)],
      [{ ...grpc, ':path': greetingMethod.path, 'x-request-id': '\u0080ü' }, frame(0)],
      [{ ...grpc, ':path': greetingMethod.path }, Buffer.from([0, 0xff, 0xff, 0xff, 0xff])],
    ];
    for (const [headers, body] of requests) {
      await new Promise<void>((resolve) => {
        const stream = session.request(headers);
        stream.on('error', () => undefined);
        stream.once('close', resolve);
        stream.resume();
        stream.end(body);
      });
    }
    assert.deepEqual((await greet(client)).services, ['Service A']);
  });
});

async function freePort(): Promise<number> {
  const server = new Server();
  const port = await new Promise<number>((resolve) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound));
  });
  server.forceShutdown();
  return port;
}
