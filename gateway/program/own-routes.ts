import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { OpenUpstreams } from './open-upstreams.ts';

export interface OwnRoutesOptions {
  readonly settings: Settings;
  readonly upstreams: OpenUpstreams;
  /** Answers a scrape, for all processes of the gateway. */
  readonly metrics: () => Promise<string>;
}

/** How long /readyz waits for a connection to an upstream. */
const readyTimeoutMs = 1000;

/** Adds what the program answers itself: health, readiness, metrics. */
export function addOwnRoutes(app: FastifyInstance, options: OwnRoutesOptions): void {
  const { settings, upstreams, metrics } = options;
  const { healthzPath, readyzPath, metricsPath } = settings;
  if (healthzPath !== undefined) app.get(healthzPath, async () => ({ status: 'ok' }));
  if (readyzPath !== undefined) {
    app.get(readyzPath, async (_request, reply) => {
      const unreachable = await unreachableTargets(upstreams);
      return unreachable.length === 0 ? { status: 'ok' } : reply.code(503).send({ status: 'unavailable', unreachable });
    });
  }
  if (metricsPath !== undefined) {
    app.get(metricsPath, async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
    );
  }
}

async function unreachableTargets({ byTarget }: OpenUpstreams): Promise<string[]> {
  const checked = await Promise.all(
    [...byTarget].map(async ([target, upstream]) => ({ target, ready: await upstream.ready(readyTimeoutMs) })),
  );
  return checked.filter(({ ready }) => !ready).map(({ target }) => target);
}
