import { create, createFileRegistry, type FileRegistry } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { CustomOption, ParsedProto, TypeReference } from './parsed-proto.ts';
import { optionFault } from './proto-context.ts';
import { positionOf } from './proto-tokens.ts';
import { optionText } from './read-option.ts';
import { faultsPerFile, withoutBroken } from './source-files.ts';
import { type ProtoSymbol, resolveName, type SymbolKind, symbolsOf, visibleFiles } from './symbol-table.ts';

export interface LinkedProtos {
  readonly faults: readonly string[];
  /** Names of the files that have faults of their own. */
  readonly broken: ReadonlySet<string>;
}

/**
 * Replaces every type name of the parsed files by its full name and reads their custom options, in place.
 * `files` are all files by name, each after its imports; parsed ones that miss an import are not among them.
 */
export function linkProtos(
  parsed: readonly ParsedProto[],
  files: ReadonlyMap<string, FileDescriptorProto>,
): LinkedProtos {
  const symbols = new Map([...files.values()].flatMap((file) => symbolsOf(file).map((each) => [each.fullName, each])));
  const packages = packagesOf(files.values());
  const faults: string[] = [];
  const broken = new Set<string>();
  const fail = (name: string, found: Iterable<string>): void => {
    for (const fault of found) {
      faults.push(fault);
      broken.add(name);
    }
  };
  const scopes = parsed
    .filter(({ file }) => files.has(file.name))
    .map((proto) => ({ proto, find: finderFor(visibleFiles(proto.file, files), symbols, packages) }));
  for (const { proto, find } of scopes) {
    const unresolved = proto.references.values().flatMap((each) => resolveReference(proto, each, find, symbols));
    fail(proto.file.name, unresolved.take(faultsPerFile));
  }
  const whole = withoutBroken(files, broken);
  const optioned = scopes.filter(({ proto }) => whole.has(proto.file.name) && proto.customOptions.length > 0);
  if (optioned.length === 0) return { faults, broken };
  let registry: FileRegistry;
  try {
    registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...whole.values()] }));
  } catch {
    // What is wrong with the declarations is found, and told, when they are checked.
    return { faults, broken };
  }
  for (const { proto, find } of optioned) {
    const unread = proto.customOptions.values().flatMap((option) => readCustomOption(proto, option, find, registry));
    fail(proto.file.name, unread.take(faultsPerFile));
  }
  return { faults, broken };
}

function finderFor(
  visible: ReadonlySet<string>,
  symbols: ReadonlyMap<string, ProtoSymbol>,
  packages: ReadonlyMap<string, ReadonlySet<string>>,
): (fullName: string) => ProtoSymbol | undefined {
  return (fullName) => {
    const symbol = symbols.get(fullName);
    if (symbol?.kind !== 'package') return symbol !== undefined && visible.has(symbol.file) ? symbol : undefined;
    const holders = packages.get(fullName);
    return holders !== undefined && [...visible].some((name) => holders.has(name)) ? symbol : undefined;
  };
}

/** "path/file.proto:12:7" */
export function placeOf({ file, source }: ParsedProto, start: number): string {
  const { line, column } = positionOf(source, start);
  return `${file.name}:${line}:${column}`;
}

function packagesOf(files: Iterable<FileDescriptorProto>): Map<string, Set<string>> {
  const packages = new Map<string, Set<string>>();
  for (const file of files) {
    for (const { fullName, kind } of symbolsOf(file)) {
      if (kind !== 'package') continue;
      const names = packages.get(fullName);
      if (names === undefined) packages.set(fullName, new Set([file.name]));
      else names.add(file.name);
    }
  }
  return packages;
}

function resolveReference(
  proto: ParsedProto,
  { scope, name, start, wanted, set }: TypeReference,
  find: (fullName: string) => ProtoSymbol | undefined,
  symbols: ReadonlyMap<string, ProtoSymbol>,
): string[] {
  const kinds: readonly SymbolKind[] = ['message', 'enum'];
  const symbol = resolveName(name, scope, kinds, find);
  if (symbol !== undefined && (symbol.kind === 'message' || (symbol.kind === 'enum' && wanted === 'type'))) {
    set(`.${symbol.fullName}`, symbol.kind);
    return [];
  }
  const place = placeOf(proto, start);
  if (symbol !== undefined) return [`${place}: "${name}" is not a ${wanted} but the ${symbol.kind} ${symbol.fullName}`];
  const elsewhere = resolveName(name, scope, kinds, (fullName) => symbols.get(fullName));
  const hint = elsewhere === undefined ? '' : `: it is in ${elsewhere.file}, which is not imported`;
  return [`${place}: "${name}" is not defined${hint}`];
}

function readCustomOption(
  proto: ParsedProto,
  { statement, scope, merge }: CustomOption,
  find: (fullName: string) => ProtoSymbol | undefined,
  registry: FileRegistry,
): string[] {
  const names: string[] = [];
  for (const { name } of statement.parts.filter(({ extension }) => extension)) {
    const symbol = resolveName(name, scope, ['extension'], find);
    if (symbol?.kind !== 'extension') return [`${placeOf(proto, statement.start)}: option (${name}) is not defined`];
    names.push(symbol.fullName);
  }
  try {
    merge(optionText(statement, names), registry);
    return [];
  } catch (error) {
    return [`${placeOf(proto, statement.start)}: ${optionFault(statement, error)}`];
  }
}
