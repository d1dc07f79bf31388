import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DescFile, fromBinary } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_compiler_plugin,
  file_google_protobuf_cpp_features,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import { file_google_protobuf_c_sharp_features } from '@bufbuild/protobuf/wkt/google/protobuf/c_sharp_features_pb.js';
import { file_google_protobuf_cpp_file_options } from '@bufbuild/protobuf/wkt/google/protobuf/cpp_file_options_pb.js';
import { file_google_protobuf_cpp_options } from '@bufbuild/protobuf/wkt/google/protobuf/cpp_options_pb.js';
import { file_google_protobuf_json_enumvalue_options } from '@bufbuild/protobuf/wkt/google/protobuf/json_enumvalue_options_pb.js';
import { file_google_protobuf_json_options } from '@bufbuild/protobuf/wkt/google/protobuf/json_options_pb.js';
import { fileName, splitDescriptorSet } from './split-descriptor-set.ts';

/** Files that need not be given: google/protobuf, google/api, google/rpc, grpc health and reflection; by name. */
export interface BuiltinFiles {
  has(name: string): boolean;
  /** The same object each time. */
  get(name: string): FileDescriptorProto | undefined;
}

const wellKnown: readonly DescFile[] = [
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_compiler_plugin,
  file_google_protobuf_cpp_features,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
  file_google_protobuf_c_sharp_features,
  file_google_protobuf_cpp_file_options,
  file_google_protobuf_cpp_options,
  file_google_protobuf_json_enumvalue_options,
  file_google_protobuf_json_options,
];

/**
 * Those that every schema has, imported or not: an Any, or the details of an error, may hold their messages. In order,
 * imports first.
 */
export const everywhere: readonly string[] = [
  'google/protobuf/descriptor.proto',
  'google/protobuf/any.proto',
  'google/protobuf/source_context.proto',
  'google/protobuf/type.proto',
  'google/protobuf/api.proto',
  'google/protobuf/duration.proto',
  'google/protobuf/empty.proto',
  'google/protobuf/field_mask.proto',
  'google/protobuf/struct.proto',
  'google/protobuf/timestamp.proto',
  'google/protobuf/wrappers.proto',
  'google/api/http.proto',
  'google/api/annotations.proto',
  'google/api/httpbody.proto',
  'google/rpc/code.proto',
  'google/rpc/error_details.proto',
  'google/rpc/status.proto',
];

/** A set of its own with every call. Files are decoded when they are asked for: few are by any one schema. */
export function readBuiltinFiles(): BuiltinFiles {
  const set = splitDescriptorSet(readFileSync(join(import.meta.dirname, '../gen/builtin.binpb')));
  const encoded = new Map(set.map((bytes) => [fileName(bytes), bytes]));
  const files = new Map(wellKnown.map(({ proto }) => [proto.name, proto]));
  return {
    has: (name) => files.has(name) || encoded.has(name),
    get(name) {
      const bytes = encoded.get(name);
      if (bytes !== undefined && !files.has(name)) files.set(name, fromBinary(FileDescriptorProtoSchema, bytes));
      return files.get(name);
    },
  };
}
