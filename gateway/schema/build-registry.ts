import { create, createFileRegistry, type FileRegistry } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { BuiltinFiles } from './builtin-files.ts';
import { checkFile } from './check-file.ts';
import { type SourceFiles, withoutBroken } from './source-files.ts';
import { type ProtoSymbol, symbolsOf } from './symbol-table.ts';

export interface BuiltRegistry {
  readonly registry: FileRegistry;
  readonly faults: readonly string[];
}

/** Puts the files of all sources, and the built-in ones, into one registry. Files with faults are left out. */
export function buildRegistry(sources: readonly SourceFiles[], builtins: BuiltinFiles): BuiltRegistry {
  const faults: string[] = [];
  // The well-known files are always the built-in ones: older copies lack what newer files build on.
  const files = new Map([...builtins].filter(([name]) => name.startsWith('google/protobuf/')));
  const owners = new Map<string, SourceFiles>();
  for (const source of sources) {
    for (const [name, file] of source.files) {
      const known = files.get(name);
      if (known === undefined) {
        files.set(name, file);
        owners.set(name, source);
      } else if (known !== file && owners.has(name) && !sameNames(known, file)) {
        faults.push(`${source.source}: ${name} is another file of that name in ${owners.get(name)?.source}`);
      }
    }
  }
  const symbols = new Map<string, ProtoSymbol>();
  const broken = new Set<string>();
  for (const file of files.values()) {
    const taken = addSymbols(symbols, file);
    if (taken.length > 0) broken.add(file.name);
    faults.push(...taken);
  }
  for (const [name, file] of builtins) {
    const free = symbolsOf(file).every(({ fullName, kind }) => kind === 'package' || !symbols.has(fullName));
    if (files.has(name) || !free || !file.dependency.every((dependency) => files.has(dependency))) continue;
    files.set(name, file);
    addSymbols(symbols, file);
  }
  const kindOf = (fullName: string): ProtoSymbol['kind'] | undefined => symbols.get(fullName)?.kind;
  for (const [name, { placeOf }] of owners) {
    const file = files.get(name);
    if (file === undefined || builtins.get(name) === file || broken.has(name)) continue;
    const found = checkFile(file, { kindOf, placeOf });
    if (found.length > 0) broken.add(name);
    faults.push(...found);
  }
  const set = create(FileDescriptorSetSchema, { file: [...withoutBroken(files, broken).values()] });
  try {
    return { registry: createFileRegistry(set), faults };
  } catch (error) {
    return {
      registry: createFileRegistry(),
      faults: [...faults, error instanceof Error ? error.message : String(error)],
    };
  }
}

/** Whether two files of one name are versions of one file: several sources may bring the same import along. */
function sameNames(one: FileDescriptorProto, other: FileDescriptorProto): boolean {
  const [fewer, more] = [one, other]
    .map((file) => new Set(symbolsOf(file).map(({ fullName }) => fullName)))
    .toSorted((left, right) => left.size - right.size);
  return [...(fewer ?? [])].every((name) => more?.has(name));
}

/** Adds what a file defines; gives a line for each name that another file defines already. */
function addSymbols(symbols: Map<string, ProtoSymbol>, file: FileDescriptorProto): string[] {
  const faults: string[] = [];
  for (const symbol of symbolsOf(file)) {
    const { fullName, kind } = symbol;
    const known = symbols.get(fullName);
    if (known === undefined) symbols.set(fullName, symbol);
    else if ((kind !== 'package' || known.kind !== 'package') && known.file !== file.name) {
      faults.push(`${file.name}: ${fullName} is defined in ${known.file} already`);
    }
  }
  return faults;
}
