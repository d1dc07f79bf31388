import type { Settings } from '../config/settings.ts';
import type { SchemaSource } from '../http/options.ts';
import { routeFaults } from '../http/route-index.ts';
import type { Schema } from '../schema/schema.ts';
import { watchSchema } from '../schema/watch-schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { OpenUpstreams } from './open-upstreams.ts';
import { pluginOptions } from './plugin-options.ts';

/** How much a schema serves, for the log. */
export interface SchemaCounts {
  readonly services: number;
  readonly methods: number;
  readonly routes: number;
}

/** The schema of the settings, as it is at present. */
export interface OpenSchema extends SchemaSource {
  /** How much it serves. */
  readonly counts: SchemaCounts;
  /** Loads it again; one that does not load is logged, and the old one stays. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Loads the schema and follows its sources as the settings say. Throws SchemaError. */
export async function openSchema(settings: Settings, upstreams: OpenUpstreams, logger: Logger): Promise<OpenSchema> {
  const watcher = await watchSchema(
    {
      protos: settings.proto,
      ...(settings.protoPath.length > 0 && { protoPaths: settings.protoPath }),
      descriptorSets: settings.descriptorSet,
      reflection: settings.reflection ? [...upstreams.byTarget].map(([name, upstream]) => ({ name, upstream })) : [],
      apiConfigs: settings.apiConfig,
      unboundMethods: settings.unboundMethods,
    },
    {
      watchFiles: settings.watch,
      intervalMs: settings.reflection ? settings.reflectionInterval : 0,
      moreFaults: (schema) => routeFaults(schema, { ...pluginOptions(settings, upstreams), schema }),
      onChange(schema) {
        logger.info(countsOf(schema), 'serving the new schema');
      },
      onFault: ({ faults }) => logger.error({ faults }, 'no new schema could be loaded; the old one stays'),
    },
  );
  return {
    get current() {
      return watcher.current;
    },
    get counts() {
      return countsOf(watcher.current);
    },
    subscribe: (listener) => watcher.subscribe(listener),
    reload: () => watcher.reload(),
    close: () => watcher.close(),
  };
}

function countsOf({ services, bindings }: Schema): SchemaCounts {
  const methods = new Set(bindings.map(({ method }) => method));
  return { services: services.length, methods: methods.size, routes: bindings.length };
}
