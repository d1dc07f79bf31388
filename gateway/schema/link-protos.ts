import { create, createFileRegistry, type FileRegistry } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { CustomOption, ParsedProto, TypeReference } from './parsed-proto.ts';
import { optionFault } from './proto-context.ts';
import { positionOf } from './proto-tokens.ts';
import { optionText } from './read-option.ts';
import { type ProtoSymbol, resolveName, type SymbolKind, symbolsOf, visibleFiles } from './symbol-table.ts';

/**
 * Replaces every type name of the parsed files by its full name and reads their custom options, in place.
 * `files` are all files by name, each after its imports; the parsed ones are among them. Gives the faults.
 */
export function linkProtos(
  parsed: readonly ParsedProto[],
  files: ReadonlyMap<string, FileDescriptorProto>,
): readonly string[] {
  const symbols = new Map([...files.values()].flatMap((file) => symbolsOf(file).map((each) => [each.fullName, each])));
  const packages = packagesOf(files.values());
  const scopes = parsed.map((proto) => {
    const visible = visibleFiles(proto.file, files);
    const find = (fullName: string): ProtoSymbol | undefined => {
      const symbol = symbols.get(fullName);
      if (symbol?.kind !== 'package') return symbol !== undefined && visible.has(symbol.file) ? symbol : undefined;
      return packages.get(fullName)?.some((name) => visible.has(name)) === true ? symbol : undefined;
    };
    return { proto, find };
  });
  const faults = scopes.flatMap(({ proto, find }) =>
    proto.references.flatMap((reference) => resolveReference(proto, reference, find, symbols)),
  );
  if (faults.length > 0 || !parsed.some(({ customOptions }) => customOptions.length > 0)) return faults;
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...files.values()] }));
  return scopes.flatMap(({ proto, find }) =>
    proto.customOptions.flatMap((option) => readCustomOption(proto, option, find, registry)),
  );
}

/** "path/file.proto:12:7" */
export function placeOf({ file, source }: ParsedProto, start: number): string {
  const { line, column } = positionOf(source, start);
  return `${file.name}:${line}:${column}`;
}

function packagesOf(files: Iterable<FileDescriptorProto>): Map<string, string[]> {
  const packages = new Map<string, string[]>();
  for (const file of files) {
    for (const { fullName, kind } of symbolsOf(file)) {
      if (kind === 'package') packages.set(fullName, [...(packages.get(fullName) ?? []), file.name]);
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
  const kinds: readonly SymbolKind[] = wanted === 'message' ? ['message'] : ['message', 'enum'];
  const symbol = resolveName(name, scope, kinds, find);
  if (symbol !== undefined && (symbol.kind === 'message' || (symbol.kind === 'enum' && wanted === 'type'))) {
    set(`.${symbol.fullName}`, symbol.kind);
    return [];
  }
  const place = placeOf(proto, start);
  if (symbol !== undefined) return [`${place}: "${name}" is not a ${wanted}: ${symbol.fullName} is a ${symbol.kind}`];
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
