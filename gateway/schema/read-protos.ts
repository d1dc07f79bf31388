import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { BuiltinFiles } from './builtin-files.ts';
import { type FileState, fileState, readBounded } from './file-state.ts';
import { placeOf } from './link-protos.ts';
import { orderFiles } from './order-files.ts';
import { parseProto } from './parse-proto.ts';
import type { ParsedProto } from './parsed-proto.ts';
import { ProtoSyntaxError, positionOf } from './proto-tokens.ts';

export interface ProtoFiles {
  /** Names of the files that were asked for, as imports would name them. */
  readonly asked: readonly string[];
  readonly parsed: readonly ParsedProto[];
  /** Every file that has all of its imports, built-in ones included, each after its imports. */
  readonly files: ReadonlyMap<string, FileDescriptorProto>;
  /** Every path on disk that was looked at, found or not. */
  readonly states: readonly FileState[];
  readonly faults: readonly string[];
}

export interface ReadProtosOptions {
  readonly protos: readonly string[];
  readonly protoPaths: readonly string[];
  readonly builtins: BuiltinFiles;
}

/** What one load may read from .proto files. */
export const protoLimits = { fileBytes: 16 * 1024 * 1024, files: 20_000 } as const;

/** Reads the files and all that they import: from the proto paths in order, then from the built-in ones. */
export async function readProtos(options: ReadProtosOptions): Promise<ProtoFiles> {
  const reading: Reading = { ...options, tried: new Set(), parsed: new Map(), states: new Map(), faults: [] };
  const asked = new Set<string>();
  for (const proto of options.protos) {
    const name = await nameOf(reading, proto);
    asked.add(name);
    await readOne(reading, name, () => proto);
  }
  // The map grows while it is gone through: imports of imports are read as well.
  for (const proto of reading.parsed.values()) {
    for (const [index, name] of proto.file.dependency.entries()) {
      await readOne(reading, name, () => importPlace(proto, index));
    }
  }
  const { parsed, states, faults } = reading;
  const builtinsAsked = [...asked].flatMap((name) => (parsed.has(name) ? [] : (options.builtins.get(name) ?? [])));
  const given = new Map(
    [...builtinsAsked, ...[...parsed.values()].map(({ file }) => file)].map((file) => [file.name, file]),
  );
  const ordered = orderFiles(given, options.builtins);
  const circles = ordered.unusable.flatMap(({ file, index, why }) => {
    const proto = parsed.get(file.name);
    return why === 'circle' && proto !== undefined
      ? [`${importPlace(proto, index)}: imports lead back to this file`]
      : [];
  });
  return {
    asked: [...asked],
    parsed: [...parsed.values()],
    files: ordered.files,
    states: [...states.values()],
    faults: [...faults, ...circles],
  };
}

interface Reading extends ReadProtosOptions {
  /** Names that were read, with or without success. */
  readonly tried: Set<string>;
  readonly parsed: Map<string, ParsedProto>;
  readonly states: Map<string, FileState>;
  readonly faults: string[];
}

/** A file may be given by the name that imports use, or by its path on disk below one of the proto paths. */
async function nameOf(reading: Reading, proto: string): Promise<string> {
  const below = reading.protoPaths.map((folder) => relative(folder, resolve(proto)).split(sep).join('/'));
  for (const name of [proto.replace(/^(?:\.\/)+/, ''), ...below].filter(isImportName)) {
    if ((await find(reading, name)) !== undefined) return name;
  }
  return proto;
}

/** `place` says who asks for the file. */
async function readOne(reading: Reading, name: string, place: () => string): Promise<void> {
  const { tried, builtins, parsed, protoPaths, faults } = reading;
  if (tried.has(name)) return;
  tried.add(name);
  if (!isImportName(name)) {
    faults.push(`${place()}: ${JSON.stringify(name)} leads outside the proto paths`);
    return;
  }
  const state = await find(reading, name);
  if (state === undefined) {
    if (!builtins.has(name)) faults.push(`${place()}: ${JSON.stringify(name)} is not in ${protoPaths.join(', ')}`);
    return;
  }
  if (parsed.size >= protoLimits.files) {
    if (parsed.size === protoLimits.files) faults.push(`${place()}: more than ${protoLimits.files} files`);
    return;
  }
  const read = await parseFile(name, state);
  if (typeof read === 'string') faults.push(read);
  else parsed.set(name, read);
}

/** Gives the fault where the file cannot be read. */
async function parseFile(name: string, state: FileState): Promise<ParsedProto | string> {
  let source = '';
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(await readBounded(state, protoLimits.fileBytes));
    return parseProto(name, source);
  } catch (error) {
    if (!(error instanceof ProtoSyntaxError))
      return `${name}: ${error instanceof Error ? error.message : String(error)}`;
    const { line, column } = positionOf(source, error.start);
    return `${name}:${line}:${column}: ${error.message}`;
  }
}

function importPlace(proto: ParsedProto, index: number): string {
  return placeOf(proto, proto.importStarts[index] ?? 0);
}

/** No ".", "..", empty part, backslash or control character, and not absolute. */
function isImportName(name: string): boolean {
  const parts = name.split('/');
  return !isAbsolute(name) && !/[\\\p{Cc}]/u.test(name) && parts.every((part) => !['', '.', '..'].includes(part));
}

async function find({ protoPaths, states }: Reading, name: string): Promise<FileState | undefined> {
  for (const folder of protoPaths) {
    const path = join(folder, name);
    const state = states.get(path) ?? (await fileState(path));
    states.set(path, state);
    if (state.version !== '') return state;
  }
  return undefined;
}
