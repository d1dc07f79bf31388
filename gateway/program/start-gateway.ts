import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { SchemaSource } from '../http/options.ts';
import { protogate } from '../http/plugin.ts';
import { serverOptions } from '../http/server-options.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { createNodeMetrics } from '../telemetry/node-metrics.ts';
import { RequestMetrics } from '../telemetry/request-metrics.ts';
import { allowedMethods, crossOriginHook } from './cross-origin.ts';
import { observeRequests } from './observe-requests.ts';
import { type OpenSchema, openSchema } from './open-schema.ts';
import { type OpenUpstreams, openUpstreams } from './open-upstreams.ts';
import { addOwnRoutes } from './own-routes.ts';

/** A gateway that listens. */
export interface RunningGateway {
  /** "http://127.0.0.1:8080" */
  readonly address: string;
  readonly schema: SchemaSource;
  /** Loads the schema again; one that does not load is logged, and the old one stays. */
  reload(): Promise<void>;
  /** Stops accepting, answers what is under way, cuts what has not ended within the time. */
  close(graceMs: number): Promise<void>;
}

/** Starts all that the settings ask for. Throws SchemaError, or what `listen` throws (EADDRINUSE …). */
export async function startGateway(settings: Settings, logger: Logger): Promise<RunningGateway> {
  const upstreams = openUpstreams(settings, logger);
  let schema: OpenSchema | undefined;
  try {
    schema = await openSchema(settings, upstreams, logger);
    const app = await createApp({ settings, logger, upstreams, schema });
    const { host, port } = settings.listen;
    await app.listen({ host, port });
    return running(app, upstreams, schema);
  } catch (thrown) {
    await schema?.close();
    await upstreams.close(0);
    throw thrown;
  }
}

interface Parts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly upstreams: OpenUpstreams;
  readonly schema: SchemaSource;
}

async function createApp({ settings, logger, upstreams, schema }: Parts): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...serverOptions,
    loggerInstance: fastifyLogger(logger),
    // One logger for all requests: a child for each costs more than most requests log.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: settings.requestTimeout,
    http: { maxHeaderSize: settings.maxHeader },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  const requestMetrics = settings.metricsPath === undefined ? undefined : new RequestMetrics();
  addOwnRoutes(app, { settings, upstreams, requestMetrics, nodeMetrics: createNodeMetrics() });
  await app.register(async (scope) => {
    const accessLog = settings.accessLog
      ? createLogger({ service: 'gateway', level: settings.logLevel, caller: false })
      : undefined;
    const onOutcome =
      requestMetrics || accessLog ? observeRequests(scope, { metrics: requestMetrics, accessLog }) : undefined;
    if (settings.corsOrigin.length > 0) {
      const methods = () => allowedMethods(schema.current);
      scope.addHook('onRequest', crossOriginHook({ origins: settings.corsOrigin, methods }));
    }
    await scope.register(protogate, {
      schema,
      ...(upstreams.byDefault && { upstream: upstreams.byDefault }),
      upstreams: upstreams.byService,
      json: {
        emitDefaults: settings.emitDefaults,
        protoNames: settings.protoNames,
        enumsAsNumbers: settings.enumsAsNumbers,
        indent: settings.indent,
        unknownFields: settings.unknownFields,
      },
      unknownQueryParameters: settings.unknownQuery,
      formPosts: settings.formPosts,
      timeoutMs: settings.timeout,
      maxBodyBytes: settings.maxBody,
      responseHeaders: Object.fromEntries(settings.responseHeader.map(({ metadata, header }) => [metadata, header])),
      ...(settings.httpStatusMetadata && { statusMetadata: settings.httpStatusMetadata }),
      strict: settings.strict,
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

/** Milliseconds between two looks for idle connections while the gateway closes. */
const sweepMs = 50;

function running(app: FastifyInstance, upstreams: OpenUpstreams, schema: OpenSchema): RunningGateway {
  return {
    address: httpAddress(app),
    schema,
    reload: () => schema.reload(),
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
