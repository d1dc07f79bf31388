import type { Settings } from '../config/settings.ts';
import type { SchemaSource } from '../http/options.ts';
import { loadSchema } from '../schema/load-schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { OpenUpstreams } from './open-upstreams.ts';

export interface OpenSchema extends SchemaSource {
  reload(): void;
  close(): void;
}

/** Loads the schema of the settings. Throws SchemaError. */
export async function openSchema(settings: Settings, _upstreams: OpenUpstreams, _logger: Logger): Promise<OpenSchema> {
  const current = await loadSchema({
    protos: settings.proto,
    protoPaths: settings.protoPath.length === 0 ? ['.'] : settings.protoPath,
    unboundMethods: settings.unboundMethods,
  });
  return { current, subscribe: () => () => {}, reload: () => {}, close: () => {} };
}
