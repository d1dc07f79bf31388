import { createHash } from 'node:crypto';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { Code, codeName } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { BuiltinFiles } from './builtin-files.ts';
import { decodeFile } from './decode-files.ts';
import { servicesOf } from './load-protos.ts';
import { describeUnusable, orderFiles } from './order-files.ts';
import { type Question, ReflectionCall, reflectionVersions } from './reflection-call.ts';
import { noPlace, type SourceFiles } from './source-files.ts';

/** A server to ask for its services. */
export interface ReflectionTarget {
  /** For messages: "127.0.0.1:50051". */
  readonly name: string;
  /** Not closed here. */
  readonly upstream: Upstream;
}

/** How much one server may answer, and the time for all of it. */
export interface ReflectionLimits {
  readonly timeoutMs: number;
  readonly services: number;
  readonly files: number;
  readonly bytes: number;
}

const defaultReflectionLimits: ReflectionLimits = {
  timeoutMs: 10_000,
  services: 10_000,
  files: 20_000,
  bytes: 256 * 1024 * 1024,
};

/** All services of a server but reflection itself (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md). */
export async function loadReflection(
  target: ReflectionTarget,
  builtins: BuiltinFiles,
  limits: Partial<ReflectionLimits> = {},
): Promise<SourceFiles> {
  const source = target.name;
  const complete = { ...defaultReflectionLimits, ...limits };
  const collected: Collected = { limits: complete, files: new Map(), services: new Set(), digests: [], bytes: 0 };
  try {
    const { call, services } = await listServices(target.upstream, complete);
    try {
      await collect(call, services, builtins, collected);
    } finally {
      call.close();
    }
    const { files, unusable } = orderFiles(collected.files, builtins);
    const digest = createHash('sha256').update(services.join('\0'));
    for (const each of collected.digests.toSorted()) digest.update(each);
    return {
      source,
      byReflection: true,
      services,
      files,
      placeOf: noPlace,
      states: [],
      faults: unusable.map((each) => `${source}: reflection: ${describeUnusable(each)}`),
      digest: digest.digest('hex'),
    };
  } catch (error) {
    const what = error instanceof StatusError ? `${codeName(error.code)}: ${error.message}` : String(error);
    const fault = `${source}: reflection: ${what}`;
    return { source, services: [], files: new Map(), placeOf: noPlace, states: [], faults: [fault], digest: '' };
  }
}

interface Collected {
  readonly limits: ReflectionLimits;
  readonly files: Map<string, FileDescriptorProto>;
  readonly services: Set<string>;
  /** One for each file. */
  readonly digests: string[];
  bytes: number;
}

/** Asks with the newest version that the server knows. */
async function listServices(
  upstream: Upstream,
  limits: ReflectionLimits,
): Promise<{ call: ReflectionCall; services: readonly string[] }> {
  for (const version of reflectionVersions) {
    const call = new ReflectionCall(upstream, version, limits.timeoutMs);
    try {
      const answer = await call.ask({ case: 'listServices', value: '*' });
      if (answer.case !== 'listServicesResponse') throw unexpected('the list of services');
      const names = answer.value.service.map(({ name }) => name);
      if (names.length > limits.services) throw tooMuch(`${limits.services} services`);
      return { call, services: names.filter((name) => !name.startsWith('grpc.reflection.')).sort() };
    } catch (error) {
      call.close();
      if (!(error instanceof StatusError) || error.code !== Code.UNIMPLEMENTED) throw error;
    }
  }
  throw new StatusError(Code.UNIMPLEMENTED, 'the server knows neither grpc.reflection.v1 nor v1alpha');
}

async function collect(
  call: ReflectionCall,
  services: readonly string[],
  builtins: BuiltinFiles,
  collected: Collected,
): Promise<void> {
  for (const service of services) {
    if (collected.services.has(service)) continue;
    await askForFiles(call, { case: 'fileContainingSymbol', value: service }, collected);
    if (!collected.services.has(service)) throw unexpected(`the file of ${service}`);
  }
  // The map grows while it is gone through: imports of imports are asked for as well.
  for (const { dependency } of collected.files.values()) {
    for (const name of dependency) {
      if (collected.files.has(name) || builtins.has(name)) continue;
      await askForFiles(call, { case: 'fileByFilename', value: name }, collected);
      if (!collected.files.has(name)) throw unexpected(`the file ${name}`);
    }
  }
}

async function askForFiles(call: ReflectionCall, question: Question, collected: Collected): Promise<void> {
  const { limits } = collected;
  const answer = await call.ask(question);
  if (answer.case !== 'fileDescriptorResponse') throw unexpected(`files for ${question.value}`);
  for (const encoded of answer.value.fileDescriptorProto) {
    collected.bytes += encoded.length;
    if (collected.bytes > limits.bytes) throw tooMuch(`${limits.bytes} bytes`);
    const file = decodeAnswer(encoded, question.value);
    if (collected.files.has(file.name)) continue;
    if (collected.files.size >= limits.files) throw tooMuch(`${limits.files} files`);
    collected.files.set(file.name, file);
    collected.digests.push(createHash('sha256').update(encoded).digest('hex'));
    for (const service of servicesOf(file)) collected.services.add(service);
  }
}

function decodeAnswer(encoded: Uint8Array, asked: string): FileDescriptorProto {
  try {
    return decodeFile(encoded);
  } catch (cause) {
    throw new StatusError(Code.INTERNAL, `a file for ${asked} that is no descriptor`, { cause });
  }
}

function unexpected(wanted: string): StatusError {
  return new StatusError(Code.INTERNAL, `the server did not give ${wanted} when asked for it`);
}

function tooMuch(limit: string): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, `the server gives more than ${limit}`);
}
