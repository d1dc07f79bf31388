import type { Settings } from '../config/settings.ts';
import type { ProtogateOptions } from '../http/options.ts';
import type { OpenUpstreams } from './open-upstreams.ts';

/** The plugin's options that the settings give; the schema is left out. */
export function pluginOptions(settings: Settings, upstreams: OpenUpstreams): Omit<ProtogateOptions, 'schema'> {
  return {
    upstream: upstreams.ofOthers,
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
    // The program has no hook that sees a payload.
    reuseBuffers: true,
  };
}
