import { createHash } from 'node:crypto';
import type { DescService } from '@bufbuild/protobuf';
import { buildRegistry } from './build-registry.ts';
import { type BuiltinFiles, readBuiltinFiles } from './builtin-files.ts';
import type { FileState } from './file-state.ts';
import { bindServices } from './http-bindings.ts';
import type { ReflectionTarget } from './load-reflection.ts';
import { printable } from './printable.ts';
import type { ApiConfig } from './read-api-config.ts';
import { type Schema, SchemaError } from './schema.ts';
import type { SourceFiles } from './source-files.ts';

/** Where a schema comes from; all that is given is put together, and of a file that several hold the first is taken. */
export interface SchemaSources {
  /** .proto files, by path or by the name that imports use. */
  readonly protos?: readonly string[];
  /** Folders that imports are looked for in, in order; the working directory when left out. */
  readonly protoPaths?: readonly string[];
  /** FileDescriptorSets: paths, or the bytes themselves. */
  readonly descriptorSets?: readonly (string | Uint8Array)[];
  /** Servers that are asked for their services (grpc.reflection v1 or v1alpha). */
  readonly reflection?: readonly ReflectionTarget[];
  /** YAML files with HTTP rules, each of which takes the place of the annotation of its method. */
  readonly apiConfigs?: readonly string[];
  /** Serve methods without a rule as POST /package.Service/Method; left out: they are not served. */
  readonly unboundMethods?: boolean;
}

/** What a look at the sources gave; a schema with faults is not to be served. */
export interface SchemaReading {
  readonly schema: Schema;
  readonly faults: readonly string[];
  /** Files on disk that decide what the sources give, as they were just before; missing ones that were looked for too. */
  readonly states: readonly FileState[];
  /** The same for the same content. */
  readonly digest: string;
}

const maximumFaults = 1000;

/** Throws SchemaError with everything that is wrong, a line each. */
export async function loadSchema(sources: SchemaSources): Promise<Schema> {
  const { schema, faults } = await readSchema(sources);
  if (faults.length > 0) throw new SchemaError(faults);
  return schema;
}

/** As `loadSchema`, but gives the faults instead of throwing them. */
export async function readSchema(given: SchemaSources): Promise<SchemaReading> {
  const builtins = readBuiltinFiles();
  const [sources, configs] = await Promise.all([readSources(given, builtins), readApiConfigs(given)]);
  const { registry, faults } = buildRegistry(sources, builtins);
  const services = [...new Set(sources.flatMap((source) => source.services))]
    .map((name) => registry.getService(name))
    .filter((service): service is DescService => service !== undefined);
  const bound = bindServices(
    services,
    configs.flatMap(({ rules }) => rules),
    given.unboundMethods ?? false,
  );
  const digest = createHash('sha256');
  for (const each of [...sources, ...configs]) digest.update(`${each.digest}\0`);
  const all = [
    ...sources.flatMap((source) => source.faults),
    ...faults,
    ...configs.flatMap((config) => config.faults),
    ...bound.faults,
  ];
  return {
    schema: { registry, services, bindings: bound.bindings, reflectedBy: reflectedBy(sources) },
    faults: all.length > maximumFaults ? [...all.slice(0, maximumFaults).map(printable), '…'] : all.map(printable),
    states: [...sources.flatMap(({ states }) => states), ...configs.map(({ state }) => state)],
    digest: digest.digest('hex'),
  };
}

function reflectedBy(sources: readonly SourceFiles[]): ReadonlyMap<string, string> {
  const reflected = sources.filter(({ byReflection }) => byReflection);
  // Of several the first counts: the last one that is set stays.
  return new Map(reflected.toReversed().flatMap(({ services, source }) => services.map((name) => [name, source])));
}

/** What reads a source is loaded with the first of its kind: most programs have one kind. */
async function readSources(
  { protos = [], protoPaths = ['.'], descriptorSets = [], reflection = [] }: SchemaSources,
  builtins: BuiltinFiles,
): Promise<SourceFiles[]> {
  const reading: Promise<SourceFiles>[] = [];
  if (protos.length > 0) {
    const { loadProtos } = await import('./load-protos.ts');
    reading.push(loadProtos({ protos, protoPaths, builtins }));
  }
  if (descriptorSets.length > 0) {
    const { loadDescriptorSet } = await import('./load-descriptor-set.ts');
    reading.push(...descriptorSets.map((set) => loadDescriptorSet(set, builtins)));
  }
  if (reflection.length > 0) {
    const { loadReflection } = await import('./load-reflection.ts');
    reading.push(...reflection.map((target) => loadReflection(target, builtins)));
  }
  return Promise.all(reading);
}

async function readApiConfigs({ apiConfigs = [] }: SchemaSources): Promise<ApiConfig[]> {
  if (apiConfigs.length === 0) return [];
  const { readApiConfig } = await import('./read-api-config.ts');
  return Promise.all(apiConfigs.map((path) => readApiConfig(path)));
}
