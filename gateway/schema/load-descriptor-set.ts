import { createHash } from 'node:crypto';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { BuiltinFiles } from './builtin-files.ts';
import { decodeFile } from './decode-files.ts';
import { fileState, readBounded } from './file-state.ts';
import { servicesOf } from './load-protos.ts';
import { describeUnusable, orderFiles } from './order-files.ts';
import { noPlace, type SourceFiles } from './source-files.ts';
import { splitDescriptorSet } from './split-descriptor-set.ts';

/** What one descriptor set may hold. */
const descriptorSetLimits = { bytes: 512 * 1024 * 1024, files: 50_000 } as const;

/** A FileDescriptorSet: its bytes, or the path of a file on disk. Imports that it lacks are taken from the built-in files. */
export async function loadDescriptorSet(set: string | Uint8Array, builtins: BuiltinFiles): Promise<SourceFiles> {
  const source = typeof set === 'string' ? set : 'descriptor set';
  const given = typeof set === 'string' ? await fileState(set) : set;
  const states = given instanceof Uint8Array ? [] : [given];
  try {
    const bytes = given instanceof Uint8Array ? given : await readBounded(given, descriptorSetLimits.bytes);
    const decoded = decodeSet(bytes);
    const { files, unusable } = orderFiles(decoded, builtins);
    return {
      source,
      services: [...decoded.keys()].flatMap((name) => servicesOf(files.get(name))),
      files,
      placeOf: noPlace,
      states,
      faults: unusable.map((each) => `${source}: ${describeUnusable(each)}`),
      digest: createHash('sha256').update(bytes).digest('hex'),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const fault = `${source}: cannot be read as a FileDescriptorSet: ${why}`;
    const files: ReadonlyMap<string, FileDescriptorProto> = new Map();
    return { source, services: [], files, placeOf: noPlace, states, faults: [fault], digest: '' };
  }
}

function decodeSet(bytes: Uint8Array): Map<string, FileDescriptorProto> {
  const encoded = splitDescriptorSet(bytes);
  if (encoded.length === 0) throw new Error('it holds no files');
  if (encoded.length > descriptorSetLimits.files)
    throw new Error(`it holds more than ${descriptorSetLimits.files} files`);
  return new Map(encoded.map((each) => decodeFile(each)).map((file) => [file.name, file]));
}
