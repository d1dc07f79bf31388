import { create, createFileRegistry, type DescExtension, type DescField, type FileRegistry } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { BuiltinFiles } from './builtin-files.ts';
import { checkFile } from './check-file.ts';
import { mergeFiles } from './merge-files.ts';
import { type SourceFiles, withoutBroken } from './source-files.ts';

export interface BuiltRegistry {
  readonly registry: FileRegistry;
  readonly faults: readonly string[];
}

/** Puts the files of all sources, and the built-in ones, into one registry. Files with faults are left out. */
export function buildRegistry(sources: readonly SourceFiles[], builtins: BuiltinFiles): BuiltRegistry {
  const { files, origins, symbols, faults: mergeFaults } = mergeFiles(sources, builtins);
  const faults = [...mergeFaults];
  const broken = new Set<string>();
  for (const [name, { placeOf }] of origins) {
    const file = files.get(name);
    // Sources may hold the built-in files themselves.
    if (file === undefined || builtins.get(name) === file) continue;
    const found = checkFile(file, { kindOf: (fullName) => symbols.get(fullName)?.kind, placeOf });
    if (found.length > 0) broken.add(name);
    faults.push(...found);
  }
  const set = create(FileDescriptorSetSchema, { file: [...withoutBroken(files, broken).values()] });
  try {
    const registry = createFileRegistry(set);
    faults.push(...[...origins.keys()].flatMap((name) => defaultFaults(registry, name)));
    return { registry, faults };
  } catch (error) {
    return {
      registry: createFileRegistry(),
      faults: [...faults, error instanceof Error ? error.message : String(error)],
    };
  }
}

/** Defaults are text until a message is made: one that cannot be read would fail a request. */
function defaultFaults(registry: FileRegistry, name: string): string[] {
  const file = registry.getFile(name);
  if (file === undefined || file.proto.syntax === 'proto3') return [];
  const fields = [...nestedTypes(file)].flatMap((type): readonly (DescField | DescExtension)[] => {
    if (type.kind === 'message') return type.fields;
    return type.kind === 'extension' ? [type] : [];
  });
  return fields
    .filter((field) => !hasReadableDefault(field))
    .map((field) => `${name}: ${field}: default ${JSON.stringify(field.proto.defaultValue)} is not of its type`);
}

function hasReadableDefault(field: DescField | DescExtension): boolean {
  if (field.proto.defaultValue === '' || field.fieldKind === 'list' || field.fieldKind === 'map') return true;
  try {
    field.getDefaultValue();
    return true;
  } catch {
    return false;
  }
}
