import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { Schema } from '../schema/schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createNodeMetrics } from '../telemetry/node-metrics.ts';
import { metricsText, type ProcessMetrics } from '../telemetry/process-metrics.ts';
import { RequestMetrics } from '../telemetry/request-metrics.ts';
import { createApp } from './create-app.ts';
import { hiddenRoutes } from './hidden-routes.ts';
import { type OpenSchema, openSchema, type SchemaCounts } from './open-schema.ts';
import { type OpenUpstreams, openUpstreams } from './open-upstreams.ts';

/** One process of several that share the port. */
export interface WorkerRole {
  /** From 1. */
  readonly worker: number;
  /** Answers a scrape for all of them. */
  metricsOfAll(): Promise<string>;
}

export interface StartOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** undefined: the gateway is this process alone. */
  readonly role: WorkerRole | undefined;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** "http://127.0.0.1:8080" */
  readonly address: string;
  /** How much it serves at present. */
  readonly counts: SchemaCounts;
  /** Loads the schema again; one that does not load is logged, and the old one stays. */
  reload(): Promise<void>;
  /** What this process has measured. */
  measure(): Promise<ProcessMetrics>;
  /** Stops accepting, answers what is under way, cuts what has not ended within the time. */
  close(graceMs: number): Promise<void>;
}

/** Starts all that the settings ask for. Throws SchemaError, or what `listen` throws (EADDRINUSE …). */
export async function startGateway({ settings, logger, role }: StartOptions): Promise<RunningGateway> {
  const requestMetrics = new RequestMetrics();
  const nodeMetrics = createNodeMetrics(role && String(role.worker));
  const measure = async () => ({ requests: requestMetrics.counts(), node: await nodeMetrics() });
  const metrics = role?.metricsOfAll ?? (async () => metricsText([await measure()]));
  const upstreams = openUpstreams(settings, logger);
  let schema: OpenSchema | undefined;
  try {
    schema = await openSchema(settings, upstreams, logger);
    const warn = (current: Schema) => {
      for (const warning of hiddenRoutes(current, settings)) logger.warn(warning);
    };
    warn(schema.current);
    schema.subscribe(warn);
    const worker = role?.worker;
    const app = await createApp({ settings, logger, worker, upstreams, schema, requestMetrics, metrics });
    const { host, port } = settings.listen;
    await app.listen({ host, port });
    return running({ app, upstreams, schema, measure });
  } catch (thrown) {
    await schema?.close();
    await upstreams.close(0);
    throw thrown;
  }
}

interface RunningParts extends Pick<RunningGateway, 'measure'> {
  readonly app: FastifyInstance;
  readonly upstreams: OpenUpstreams;
  readonly schema: OpenSchema;
}

/** Milliseconds between two looks for idle connections while the gateway closes. */
const sweepMs = 50;

function running({ app, upstreams, schema, measure }: RunningParts): RunningGateway {
  return {
    address: httpAddress(app),
    get counts() {
      return schema.counts;
    },
    reload: () => schema.reload(),
    measure,
    async close(graceMs) {
      const startedAt = performance.now();
      const schemaClosed = schema.close();
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      // Node closes the connections that are idle now, but not those that become so with the answer under way.
      const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
      await app.close();
      clearTimeout(cut);
      clearInterval(sweep);
      const restMs = Math.max(0, graceMs - (performance.now() - startedAt));
      await Promise.all([schemaClosed, upstreams.close(restMs)]);
    },
  };
}

/** With the port that listening on port 0 got. */
function httpAddress(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
