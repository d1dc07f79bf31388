import type { FastifyPluginCallback } from 'fastify';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { sendError } from './exchange.ts';
import { METHODS } from './node-http.ts';
import type { ProtogateOptions } from './options.ts';
import { indexRoutes } from './route-index.ts';
import { type Gateway, serve } from './serve.ts';
import { settingsOf } from './settings.ts';

/**
 * Serves the annotated methods of a schema below the prefix with which it is registered. Registering fails with
 * SchemaError when the schema cannot be served.
 */
export const protogate: FastifyPluginCallback<ProtogateOptions> = (app, options, done) => {
  const { schema } = options;
  const warn = options.onWarning ?? ((warning: string) => app.log.warn(warning));
  const isSource = 'current' in schema;
  try {
    const gateway: Gateway = {
      settings: settingsOf(options),
      prefix: app.prefix === '/' ? '' : app.prefix,
      index: indexRoutes(isSource ? schema.current : schema, options, warn),
    };
    if (isSource) {
      const unsubscribe = schema.subscribe((changed) => {
        gateway.index = indexRoutes(changed, options, warn);
      });
      app.addHook('onClose', async () => unsubscribe());
    }
    const methods = METHODS.filter((method) => method !== 'CONNECT');
    for (const method of methods) {
      if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
    }
    // Bodies are read by the gateway: as JSON whatever the content type, or as a stream.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    // @fastify/cors declares OPTIONS of every path itself.
    const ownOptions = app.hasRoute({ method: 'OPTIONS', url: `${app.prefix}/*`.replace('//', '/') });
    app.route({
      method: methods.filter((method) => method !== 'OPTIONS' || !ownOptions),
      url: '/*',
      exposeHeadRoute: false,
      handler: (request, reply) => serve(gateway, request, reply),
      errorHandler: (error, request, reply) => {
        if ('code' in error && error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
          // A content type that is none says nothing about the body, which is JSON anyway.
          serve(gateway, request, reply.code(200));
        } else if (error instanceof StatusError) {
          sendError({ request, reply, ...gateway, route: undefined }, error);
        } else {
          // What a hook of the app throws is the app's to answer.
          throw error;
        }
      },
    });
    done();
  } catch (thrown) {
    done(thrown instanceof Error ? thrown : new StatusError(Code.INTERNAL, String(thrown)));
  }
};
