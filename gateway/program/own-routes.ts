import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { NodeMetrics } from '../telemetry/node-metrics.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import type { OpenUpstreams } from './open-upstreams.ts';

export interface OwnRoutesOptions {
  readonly settings: Settings;
  readonly upstreams: OpenUpstreams;
  readonly requestMetrics: RequestMetrics | undefined;
  readonly nodeMetrics: NodeMetrics;
}

/** How long /readyz waits for a connection to an upstream. */
const readyTimeoutMs = 1000;

/** Adds what the program answers itself: health, readiness, metrics. */
export function addOwnRoutes(app: FastifyInstance, options: OwnRoutesOptions): void {
  const { settings, upstreams, requestMetrics, nodeMetrics } = options;
  const { healthzPath, readyzPath, metricsPath } = settings;
  if (healthzPath !== undefined) app.get(healthzPath, async () => ({ status: 'ok' }));
  if (readyzPath !== undefined) {
    app.get(readyzPath, async (_request, reply) => {
      const unreachable = await unreachableTargets(upstreams);
      return unreachable.length === 0 ? { status: 'ok' } : reply.code(503).send({ status: 'unavailable', unreachable });
    });
  }
  if (metricsPath !== undefined && requestMetrics !== undefined) {
    app.get(metricsPath, async (_request, reply) => {
      const text = `${requestMetrics.text()}${await nodeMetrics()}`;
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
    });
  }
}

async function unreachableTargets({ byTarget }: OpenUpstreams): Promise<string[]> {
  const checked = await Promise.all(
    [...byTarget].map(async ([target, upstream]) => ({ target, ready: await upstream.ready(readyTimeoutMs) })),
  );
  return checked.filter(({ ready }) => !ready).map(({ target }) => target);
}
