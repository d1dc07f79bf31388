import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { SchemaSource } from '../http/options.ts';
import { protogate } from '../http/plugin.ts';
import { serverOptions } from '../http/server-options.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import { allowedMethods, crossOriginHook } from './cross-origin.ts';
import { observeRequests } from './observe-requests.ts';
import type { OpenUpstreams } from './open-upstreams.ts';
import { addOwnRoutes } from './own-routes.ts';
import { pluginOptions } from './plugin-options.ts';

export interface AppParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly worker: number | undefined;
  readonly upstreams: OpenUpstreams;
  readonly schema: SchemaSource;
  readonly requestMetrics: RequestMetrics;
  /** Answers a scrape, for all processes of the gateway. */
  readonly metrics: () => Promise<string>;
}

/** How long a client may take to send the head of a request. */
const longestHeadMs = 60_000;

/** The plugin with everything around it that the settings ask for; does not listen yet. Throws SchemaError. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { settings, logger, worker, upstreams, schema, metrics } = parts;
  const app: FastifyInstance = Fastify({
    ...serverOptions,
    loggerInstance: fastifyLogger(logger),
    // No route has a JSON Schema: without compilers of our own Fastify would load Ajv, 60 ms of the start.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    // One logger for all requests: a child for each costs more than most requests log.
    childLoggerFactory: (parent) => parent,
    // No line shows the ids that Fastify would number requests with.
    genReqId: () => '',
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: settings.requestTimeout,
    http: { maxHeaderSize: settings.maxHeader, headersTimeout: headersTimeout(settings), optimizeEmptyRequests: true },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  addOwnRoutes(app, { settings, upstreams, metrics });
  await app.register(async (scope) => {
    const requestMetrics = settings.metricsPath === undefined ? undefined : parts.requestMetrics;
    const accessLog = settings.accessLog
      ? createLogger({ service: 'gateway', worker, level: settings.logLevel, caller: false })
      : undefined;
    const onOutcome =
      requestMetrics || accessLog ? observeRequests(scope, { metrics: requestMetrics, accessLog }) : undefined;
    if (settings.corsOrigin.length > 0) {
      const methods = () => allowedMethods(schema.current);
      scope.addHook('onRequest', crossOriginHook({ origins: settings.corsOrigin, methods }));
    }
    await scope.register(protogate, {
      ...pluginOptions(settings, upstreams),
      schema,
      onWarning: (warning) => logger.warn(warning),
      ...(onOutcome && { onOutcome }),
    });
  });
  return app;
}

/** Fastify's own lines of level info ("Server listening at …") say what the program says itself. */
function fastifyLogger(logger: Logger): FastifyBaseLogger {
  return logger.isLevelEnabled('info') ? logger.child({}, { level: 'warn' }) : logger;
}

/** Node takes the longer of the two times as that for whole requests, and would take its 60 s for heads for it. */
function headersTimeout({ requestTimeout }: Settings): number {
  return requestTimeout === 0 ? longestHeadMs : Math.min(longestHeadMs, requestTimeout);
}

function noCompiler(): never {
  throw new TypeError('no route of the gateway has a JSON Schema');
}
