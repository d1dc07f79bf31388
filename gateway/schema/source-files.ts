import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { FileState } from './file-state.ts';

/** What one source of a schema gave: .proto files, a descriptor set, or a server asked by reflection. */
export interface SourceFiles {
  /** For messages: "api.binpb", "127.0.0.1:50051". */
  readonly source: string;
  /** The source is a server, which serves them itself. */
  readonly byReflection?: boolean;
  /** Full names of the services that were asked for, in order. */
  readonly services: readonly string[];
  /** Every file by its name, built-in ones that are needed included, each after its imports. */
  readonly files: ReadonlyMap<string, FileDescriptorProto>;
  /** "path/file.proto:12:7" for what was declared in a .proto file. */
  readonly placeOf: (declaration: object) => string | undefined;
  /** Files on disk that decide what this source gives, as they were just before; missing ones that were looked for too. */
  readonly states: readonly FileState[];
  readonly faults: readonly string[];
  /** The same for the same content. */
  readonly digest: string;
}

/** After so many faults a file says no more: to find their places takes time. */
export const faultsPerFile = 100;

export const noPlace = (): undefined => undefined;

/** Only the files that are not broken and import nothing broken; the map is ordered, imports first. */
export function withoutBroken(
  files: ReadonlyMap<string, FileDescriptorProto>,
  broken: ReadonlySet<string>,
): Map<string, FileDescriptorProto> {
  const whole = new Map<string, FileDescriptorProto>();
  for (const [name, file] of files) {
    if (!broken.has(name) && file.dependency.every((dependency) => whole.has(dependency))) whole.set(name, file);
  }
  return whole;
}
