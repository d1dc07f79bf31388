import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import { Code } from '../../gateway/status/code.ts';
import { StatusError } from '../../gateway/status/status-error.ts';
import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { Served } from '../kit/server.ts';
import { unary } from '../kit/unary.ts';

/** Header metadata that tells the gateway which HTTP status to answer. */
const httpCodeHeader = 'x-http-code';

/** greeting.EdgeService of proto/greeting/edge.proto. */
export function serveEdge(definition: ServiceDefinition, registry: Registry, log: Logger): Served {
  const health = unary(definition['Health'], log, () => ({ alive: true }));
  const status = unary<{ readonly code: number }, { code: number }>(definition['Status'], log, ({ code }, context) => {
    if (code < 200 || code > 599) throw new StatusError(Code.INVALID_ARGUMENT, `code ${code} is not from 200 to 599`);
    context.answerHeaders.set(httpCodeHeader, String(code));
    return { code };
  });
  const metrics = unary(definition['Metrics'], log, async () => ({
    content_type: registry.contentType,
    data: Buffer.from(await registry.metrics()),
  }));
  return {
    definition: { Health: health.definition, Status: status.definition, Metrics: metrics.definition },
    handlers: { Health: health.handle, Status: status.handle, Metrics: metrics.handle },
  };
}
