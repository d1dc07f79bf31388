import { parsePathTemplate } from '../routing/path-template.ts';
import { createRouteTable, type RouteTable } from '../routing/route-table.ts';
import { printable } from '../schema/printable.ts';
import { type Schema, SchemaError } from '../schema/schema.ts';
import { type Codecs, defaultJsonOptions, type JsonOptions } from '../transcoding/codec.ts';
import { createCodecs } from '../transcoding/create-codecs.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { defaultOptions, type ProtogateOptions } from './options.ts';
import { createRoute, type Route } from './route.ts';

/** All that a schema serves; replaced as a whole when the schema changes. */
export interface RouteIndex {
  readonly table: RouteTable<Route>;
  readonly codecs: Codecs;
}

/**
 * Makes the routes of a schema. Throws SchemaError with every fault: a service without an upstream, with `strict` two
 * methods on one template.
 */
export function indexRoutes(schema: Schema, options: ProtogateOptions, warn: (warning: string) => void): RouteIndex {
  const json: JsonOptions = { ...defaultJsonOptions, ...options.json };
  const codecs = createCodecs(schema.registry, json);
  // One line a message, whatever the indentation of unary answers.
  const streamCodecs = json.indent === 0 ? codecs : createCodecs(schema.registry, { ...json, indent: 0 });
  const faults: string[] = [];
  const routes = schema.bindings.flatMap((binding) => {
    const upstream = upstreamOf(binding.method.parent.typeName, schema, options);
    if (upstream === undefined) {
      faults.push(`${binding.source}: no upstream for ${binding.method.parent.typeName}`);
      return [];
    }
    const template = parsePathTemplate(binding.template);
    const value = createRoute({
      binding,
      template,
      upstream,
      codecs: binding.method.methodKind === 'unary' ? codecs : streamCodecs,
      unknownQueryParameters: options.unknownQueryParameters ?? defaultOptions.unknownQueryParameters,
    });
    return [{ httpMethod: binding.httpMethod, template, value }];
  });
  const served = new Set(schema.services.map(({ typeName }) => typeName));
  for (const service of Object.keys(options.upstreams ?? {})) {
    if (!served.has(service)) warn(`there is an upstream for ${service}, a service that the schema does not have`);
  }
  const table = createRouteTable(routes);
  const conflicts = table.conflicts.map(
    ({ earlier, later }) =>
      `${later.binding.httpMethod} ${later.binding.template} of ${later.binding.source} is also that of ${earlier.binding.source}`,
  );
  if (options.strict ?? defaultOptions.strict) faults.push(...conflicts);
  else for (const conflict of conflicts) warn(`${conflict}; the former serves`);
  if (faults.length > 0) throw new SchemaError(faults.map(printable));
  return { table, codecs };
}

/**
 * What keeps the routes of a schema from being made, a line each. Meant for a schema that has faults of its own, so that
 * all are told at once.
 */
export function routeFaults(schema: Schema, options: ProtogateOptions): readonly string[] {
  try {
    indexRoutes(schema, options, () => undefined);
    return [];
  } catch (thrown) {
    if (thrown instanceof SchemaError) return thrown.faults;
    throw thrown;
  }
}

function upstreamOf(service: string, schema: Schema, { upstream, upstreams }: ProtogateOptions): Upstream | undefined {
  if (upstreams !== undefined && Object.hasOwn(upstreams, service)) return upstreams[service];
  return typeof upstream === 'function' ? upstream(service, schema) : upstream;
}
