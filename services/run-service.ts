import type { Logger } from '../gateway/telemetry/logger.ts';
import type { Configuration } from './configuration.ts';
import { serveEdge } from './edge/edge.ts';
import { greetHandler } from './greeting/greet.ts';
import { Downstream } from './kit/downstream.ts';
import { Health } from './kit/health.ts';
import { createMetrics } from './kit/metrics.ts';
import { startMetricsEndpoint } from './kit/metrics-endpoint.ts';
import { OpenStreams } from './kit/open-streams.ts';
import { loadServices, protoDirectory } from './kit/proto-services.ts';
import { recordCalls } from './kit/record-call.ts';
import { serveReflection } from './kit/reflection.ts';
import type { ReflectionSource } from './kit/reflection-answer.ts';
import { type Served, startServer } from './kit/server.ts';
import { unary } from './kit/unary.ts';
import { keepGreetings } from './messages/keep-greetings.ts';
import { createSqliteQueue } from './messages/sqlite-queue.ts';
import { createSqliteStore } from './messages/sqlite-store.ts';
import { slugOf } from './table.ts';

const greetingService = 'greeting.GreetingService';
const edgeService = 'greeting.EdgeService';
const healthService = 'grpc.health.v1.Health';
const reflectionServices = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

const greetingProtos = ['greeting/greeting.proto', 'greeting/edge.proto'];
const infrastructureProtos = [
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
  'grpc/reflection/v1alpha/reflection.proto',
];

/** Calls under way get this long to finish, and queue and store then that long to take what waits: 4.5 s in all. */
const drainMs = 3_500;
const flushMs = 1_000;

/**
 * Runs one service of the mesh until `stop`.
 * @param log lines of the service
 * @param access one line for each call
 * @returns `stop`, which drains it
 * @throws ProtoError, ListenError
 */
export async function runService(
  configuration: Configuration,
  log: Logger,
  access: Logger,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const { row, host, port, metricsPort } = configuration;
  const metrics = createMetrics(row.name);
  const serviceOf = loadServices([...greetingProtos, ...infrastructureProtos]);
  const greeting = serviceOf(greetingService);
  const method = greeting['Greeting'];
  if (method === undefined) throw new TypeError(`${greetingService} has no method Greeting`);

  const callees = configuration.callees.map(({ name, address }) => new Downstream(name, address));
  const keeping = keepGreetings(
    row,
    createSqliteQueue(configuration.dataDirectory, configuration.queueName),
    createSqliteStore(configuration.dataDirectory, slugOf(row.name)),
    log,
    metrics,
  );
  const greet = unary(
    method,
    log,
    greetHandler({ service: row.name, message: configuration.greeting, method, callees, keep: keeping.keep, metrics }),
  );
  const ownServices = [greetingService, ...(row.edge ? [edgeService] : [])];
  const health = new Health(ownServices);
  let reflected: Promise<ReflectionSource> | undefined;
  const reflect = (): Promise<ReflectionSource> => {
    reflected ??= loadReflected([...ownServices, healthService, ...reflectionServices]);
    return reflected;
  };
  const streams = new OpenStreams();
  const served: Served[] = [
    { definition: { Greeting: greet.definition }, handlers: { Greeting: greet.handle } },
    health.serve(serviceOf(healthService), streams, log),
    ...reflectionServices.map((name) => serveReflection(serviceOf(name), reflect, streams, log)),
    ...(row.edge ? [serveEdge(serviceOf(edgeService), metrics.registry, log)] : []),
  ];

  const stopping = new AbortController();
  const closeAll = async (): Promise<void> => {
    await keeping.close(flushMs);
    for (const callee of callees) callee.close();
  };
  try {
    const server = await startServer(served, host, port, [recordCalls(access, metrics)]);
    const closeMetrics = metricsPort && (await startMetricsEndpoint(metrics.registry, host, metricsPort));
    const becomeReady = async (): Promise<void> => {
      await keeping.start(stopping.signal);
      if (stopping.signal.aborted) return;
      health.set('SERVING');
      log.info({ pid: process.pid, port: server.port }, `ready on ${host}:${server.port}`);
    };
    const ready = becomeReady();
    return {
      port: server.port,
      stop: async () => {
        stopping.abort();
        await ready;
        health.set('NOT_SERVING');
        streams.endAll();
        await server.drain(drainMs);
        if (closeMetrics) closeMetrics();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** proto-loader drops custom options, and with them the HTTP rules that a gateway looks for in reflection. */
async function loadReflected(services: readonly string[]): Promise<ReflectionSource> {
  const { loadSchema } = await import('../gateway/schema/load-schema.ts');
  const { registry } = await loadSchema({
    protos: [...greetingProtos, ...infrastructureProtos],
    protoPaths: [protoDirectory],
  });
  return { registry, services };
}
