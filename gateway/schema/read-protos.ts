import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { BuiltinFiles } from './builtin-files.ts';
import { placeOf } from './link-protos.ts';
import { parseProto } from './parse-proto.ts';
import type { ParsedProto } from './parsed-proto.ts';
import { ProtoSyntaxError, positionOf } from './proto-tokens.ts';

export interface ProtoFiles {
  /** Names of the files that were asked for, as imports would name them. */
  readonly asked: readonly string[];
  readonly parsed: readonly ParsedProto[];
  /** Every file, built-in ones included, each after its imports. */
  readonly files: ReadonlyMap<string, FileDescriptorProto>;
  /** Paths on disk of all that was read. */
  readonly paths: readonly string[];
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
export async function readProtos({ protos, protoPaths, builtins }: ReadProtosOptions): Promise<ProtoFiles> {
  const reading: Reading = {
    protoPaths: protoPaths.map((path) => resolve(path)),
    builtins,
    parsed: new Map(),
    files: new Map(),
    paths: [],
    faults: [],
  };
  const asked: string[] = [];
  for (const proto of protos) {
    const name = await nameOf(proto, reading.protoPaths);
    if (asked.includes(name)) continue;
    asked.push(name);
    await addFile(reading, name, proto, []);
  }
  const { parsed, files, paths, faults } = reading;
  return { asked, parsed: [...parsed.values()], files, paths, faults };
}

interface Reading {
  readonly protoPaths: readonly string[];
  readonly builtins: BuiltinFiles;
  readonly parsed: Map<string, ParsedProto>;
  readonly files: Map<string, FileDescriptorProto>;
  readonly paths: string[];
  readonly faults: string[];
}

/** A file may be given by the name that imports use, or by its path on disk below one of the proto paths. */
async function nameOf(proto: string, protoPaths: readonly string[]): Promise<string> {
  const inside = protoPaths.map((path) => relative(path, resolve(proto)).split(sep).join('/'));
  const candidates = [proto.replace(/^(?:\.\/)+/, ''), ...inside].filter(isImportName);
  for (const name of candidates) {
    if ((await findBelow(protoPaths, name)) !== undefined) return name;
  }
  return proto;
}

/** Reads a file after its imports; `place` names who asked for it, `importing` the files under way. */
async function addFile(reading: Reading, name: string, place: string, importing: readonly string[]): Promise<void> {
  const { builtins, files, parsed, faults } = reading;
  if (importing.includes(name)) {
    faults.push(`${place}: files import each other: ${[...importing.slice(importing.indexOf(name)), name].join(', ')}`);
  }
  if (files.has(name) || parsed.has(name)) return;
  const proto = await parseFile(reading, name, place);
  if (proto === 'missing') {
    const builtin = builtins.get(name);
    if (builtin === undefined) faults.push(`${place}: ${name} is not in ${reading.protoPaths.join(', ')}`);
    else addBuiltin(reading, builtin);
  }
  if (typeof proto === 'string') return;
  parsed.set(name, proto);
  for (const [index, path] of proto.file.dependency.entries()) {
    await addFile(reading, path, placeOf(proto, proto.importStarts[index] ?? 0), [...importing, name]);
  }
  files.set(name, proto.file);
}

function addBuiltin(reading: Reading, file: FileDescriptorProto): void {
  const { builtins, files } = reading;
  for (const name of file.dependency) {
    const imported = builtins.get(name);
    if (imported !== undefined && !files.has(name)) addBuiltin(reading, imported);
  }
  files.set(file.name, file);
}

async function parseFile(reading: Reading, name: string, place: string): Promise<ParsedProto | 'missing' | 'faulty'> {
  const fail = (fault: string): 'faulty' => {
    reading.faults.push(fault);
    return 'faulty';
  };
  if (!isImportName(name)) return fail(`${place}: "${name}" leads outside the proto paths`);
  if (reading.parsed.size >= protoLimits.files) return fail(`${place}: more than ${protoLimits.files} files`);
  const path = await findBelow(reading.protoPaths, name);
  if (path === undefined) return 'missing';
  reading.paths.push(path);
  let source = '';
  try {
    const { size } = await stat(path);
    if (size > protoLimits.fileBytes) return fail(`${name}: larger than ${protoLimits.fileBytes} bytes`);
    source = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return parseProto(name, source);
  } catch (error) {
    if (error instanceof ProtoSyntaxError) {
      const { line, column } = positionOf(source, error.start);
      return fail(`${name}:${line}:${column}: ${error.message}`);
    }
    return fail(`${name}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** No ".", "..", empty part, backslash or NUL, and not absolute. */
function isImportName(name: string): boolean {
  return !isAbsolute(name) && !/[\\\0]/.test(name) && name.split('/').every((part) => !['', '.', '..'].includes(part));
}

async function findBelow(protoPaths: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of protoPaths) {
    const path = resolve(folder, name);
    // Only regular files: opening a pipe would wait for ever.
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  return undefined;
}
