import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { type BuiltinFiles, everywhere } from './builtin-files.ts';
import { contradict } from './file-shape.ts';
import { orderFiles } from './order-files.ts';
import type { SourceFiles } from './source-files.ts';
import { type ProtoSymbol, symbolsOf } from './symbol-table.ts';

export interface MergedFiles {
  /** Files of all sources and the built-in ones, each after its imports. */
  readonly files: ReadonlyMap<string, FileDescriptorProto>;
  /** The source of every file that is not built in. */
  readonly origins: ReadonlyMap<string, SourceFiles>;
  /** All that is defined, by full name. */
  readonly symbols: ReadonlyMap<string, ProtoSymbol>;
  readonly faults: readonly string[];
}

/**
 * Puts the files of all sources together. Servers and sets bring the same imports along, at times under other names
 * (Python knows grpc/health/v1/health.proto as grpc_health/v1/health.proto): of what is there already the first stays.
 */
export function mergeFiles(sources: readonly SourceFiles[], builtins: BuiltinFiles): MergedFiles {
  const merging: Merging = { files: new Map(), origins: new Map(), symbols: new Map(), copies: new Map(), faults: [] };
  // The well-known files are always the built-in ones: older copies lack what newer files build on.
  const wanted = wantedBuiltins(sources, builtins);
  for (const [name, file] of wanted) {
    if (name.startsWith('google/protobuf/')) add(merging, file);
  }
  for (const source of sources) {
    for (const file of source.files.values()) addFrom(merging, source, file);
  }
  for (const [name, file] of wanted) {
    const free = typesOf(file).every(({ fullName }) => !merging.symbols.has(fullName));
    const importable = file.dependency.every((dependency) => merging.files.has(dependency));
    if (!merging.files.has(name) && free && importable) add(merging, file);
  }
  return merging;
}

/** The built-in files that every schema has, and those that a source has as well; each after its imports. */
function wantedBuiltins(
  sources: readonly SourceFiles[],
  builtins: BuiltinFiles,
): ReadonlyMap<string, FileDescriptorProto> {
  const names = [...everywhere, ...sources.flatMap(({ files }) => [...files.keys()])];
  const files = names.flatMap((name) => builtins.get(name) ?? []);
  return orderFiles(new Map(files.map((file) => [file.name, file])), builtins).files;
}

interface Merging {
  readonly files: Map<string, FileDescriptorProto>;
  readonly origins: Map<string, SourceFiles>;
  readonly symbols: Map<string, ProtoSymbol>;
  /** Names of files that were left out, with the name of the file that has their types. */
  readonly copies: Map<string, string>;
  readonly faults: string[];
}

function addFrom(merging: Merging, source: SourceFiles, file: FileDescriptorProto): void {
  const { files, origins, symbols, copies, faults } = merging;
  const { name } = file;
  const known = files.get(name);
  if (known !== undefined) {
    const origin = origins.get(name);
    if (origin !== undefined && (!sameTypes(known, file) || contradict(known, file))) {
      faults.push(`${source.source}: ${name} is not the file of that name in ${origin.source}`);
    }
    return;
  }
  const types = typesOf(file);
  const original = files.get(symbols.get(types[0]?.fullName ?? '')?.file ?? '');
  const fromElsewhere = original !== undefined && origins.get(original.name) !== source;
  if (fromElsewhere && sameTypes(original, file) && !contradict(original, file)) {
    copies.set(name, original.name);
    return;
  }
  for (const { fullName } of types) {
    const taken = symbols.get(fullName);
    if (taken !== undefined) faults.push(`${name}: ${fullName} is defined in ${taken.file} already`);
  }
  file.dependency = file.dependency.map((dependency) => copies.get(dependency) ?? dependency);
  origins.set(name, source);
  add(merging, file);
}

function add({ files, symbols }: Merging, file: FileDescriptorProto): void {
  files.set(file.name, file);
  for (const symbol of symbolsOf(file)) {
    if (!symbols.has(symbol.fullName)) symbols.set(symbol.fullName, symbol);
  }
}

/** Two versions of one file: one may define more than the other. */
function sameTypes(one: FileDescriptorProto, other: FileDescriptorProto): boolean {
  const [fewer, more] = [one, other]
    .map((file) => new Set(typesOf(file).map(({ fullName }) => fullName)))
    .toSorted((left, right) => left.size - right.size);
  return [...(fewer ?? [])].every((name) => more?.has(name));
}

function typesOf(file: FileDescriptorProto): ProtoSymbol[] {
  return symbolsOf(file).filter(({ kind }) => kind !== 'package');
}
