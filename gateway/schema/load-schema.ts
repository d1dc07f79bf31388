import { create, createFileRegistry, type DescService, type FileRegistry } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type BuiltinFiles, readBuiltinFiles } from './builtin-files.ts';
import { annotatedRule, bindingsOf, unboundBinding } from './http-bindings.ts';
import { linkProtos } from './link-protos.ts';
import { readProtos } from './read-protos.ts';
import { type HttpBinding, type Schema, SchemaError } from './schema.ts';

/** Where a schema comes from; all that is given is put together. */
export interface SchemaSources {
  /** .proto files, by path or by the name that imports use. */
  readonly protos?: readonly string[];
  /** Folders that imports are looked for in, in order; the working directory when left out. */
  readonly protoPaths?: readonly string[];
  /** Serve methods without a rule as POST /package.Service/Method; left out: they are not served. */
  readonly unboundMethods?: boolean;
}

/** Throws SchemaError with everything that is wrong. */
export async function loadSchema({
  protos = [],
  protoPaths = ['.'],
  unboundMethods = false,
}: SchemaSources): Promise<Schema> {
  const builtins = readBuiltinFiles();
  const { asked, parsed, files, faults } = await readProtos({ protos, protoPaths, builtins });
  if (faults.length > 0) throw new SchemaError(faults);
  const linkFaults = linkProtos(parsed, files);
  if (linkFaults.length > 0) throw new SchemaError(linkFaults);
  const registry = registryOf(files, builtins);
  const services = asked.flatMap((name) => registry.getFile(name)?.services ?? []);
  return { registry, services, bindings: bindServices(services, unboundMethods) };
}

/** All files with the built-in ones, of which a file that was loaded under the same name takes the place. */
function registryOf(files: ReadonlyMap<string, FileDescriptorProto>, builtins: BuiltinFiles): FileRegistry {
  const all = [...new Map([...builtins, ...files]).values()];
  return createFileRegistry(create(FileDescriptorSetSchema, { file: all }));
}

function bindServices(services: readonly DescService[], unboundMethods: boolean): HttpBinding[] {
  const faults: string[] = [];
  const bindings = services
    .flatMap(({ methods }) => methods)
    .flatMap((method) => {
      const rule = annotatedRule(method);
      if (rule !== undefined) return bindingsOf(rule, faults);
      return unboundMethods ? [unboundBinding(method)] : [];
    });
  if (faults.length > 0) throw new SchemaError(faults);
  return bindings;
}
