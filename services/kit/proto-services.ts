import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export const protoDirectory = join(import.meta.dirname, '../../proto');

/** A proto that is missing or wrong; the message names the file. */
export class ProtoError extends Error {
  override readonly name = 'ProtoError';
}

/**
 * Loads services from .proto files, for grpc-js. Fields keep their names of the proto, 64-bit integers are text, enums are names.
 * @param files paths below proto/
 * @returns the definition of a service by its full name; asking for one that is not there throws.
 * @throws ProtoError
 */
export function loadServices(
  files: readonly string[],
  directory: string = protoDirectory,
): (name: string) => ServiceDefinition {
  const packages = files.map((file) => {
    try {
      return loadSync(file, {
        keepCase: true,
        longs: String,
        enums: String,
        defaults: true,
        oneofs: true,
        includeDirs: [directory],
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ProtoError(`${file} below ${directory} does not load: ${reason}`, { cause: error });
    }
  });
  return (name) => {
    const definition = packages.map((loaded) => loaded[name]).find((found) => found !== undefined);
    if (definition === undefined || 'format' in definition) {
      throw new ProtoError(`service ${name} is not in ${files.join(', ')}`);
    }
    return definition as ServiceDefinition;
  };
}
