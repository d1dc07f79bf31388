import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestOutcome } from '../http/options.ts';
import { logAccess } from '../telemetry/access-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';

export interface Observers {
  readonly metrics: RequestMetrics | undefined;
  readonly accessLog: Logger | undefined;
}

/** A slot of every request, which is cheaper than a map beside them. */
const slot = Symbol('observation');

declare module 'fastify' {
  interface FastifyRequest {
    [slot]: Observation | null;
  }
}

/** A request between its first and its last byte. */
interface Observation {
  readonly startedAt: number;
  closedAt: number | undefined;
  outcome: RequestOutcome | undefined;
}

/**
 * Measures the requests of a Fastify scope, from their head to the end of the connection or answer.
 * @returns what is to be told their outcome, before or after that end.
 */
export function observeRequests(
  scope: FastifyInstance,
  { metrics, accessLog }: Observers,
): (request: FastifyRequest, outcome: RequestOutcome) => void {
  scope.decorateRequest(slot, null);

  const report = (request: FastifyRequest, status: number, { startedAt, closedAt, outcome }: Observation): void => {
    if (closedAt === undefined || outcome === undefined) return;
    const { template, code, streaming } = outcome;
    const method = request.raw.method ?? '';
    const durationMs = closedAt - startedAt;
    metrics?.add({ method, template, code, durationMs, streaming });
    if (accessLog === undefined) return;
    const { url: target = '', headers } = request.raw;
    logAccess(accessLog, { method, target, status, code, durationMs, headers });
  };

  scope.addHook('onRequest', (request, reply, done) => {
    const observation: Observation = { startedAt: performance.now(), closedAt: undefined, outcome: undefined };
    request[slot] = observation;
    metrics?.start();
    reply.raw.on('close', () => {
      metrics?.end();
      observation.closedAt = performance.now();
      report(request, reply.raw.statusCode, observation);
    });
    done();
  });

  return (request, outcome) => {
    const observation = request[slot];
    if (observation === null) return;
    observation.outcome = outcome;
    // Reported here only if the client left first.
    report(request, 499, observation);
  };
}
