import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DescFile, fromBinary } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorSetSchema,
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

/** Files that need not be given: google/protobuf, google/api, google/rpc, grpc health and reflection. */
export type BuiltinFiles = ReadonlyMap<string, FileDescriptorProto>;

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
];

/** By name, imports before what imports them. */
export function readBuiltinFiles(): BuiltinFiles {
  const bytes = readFileSync(join(import.meta.dirname, '../gen/builtin.binpb'));
  const files = [...fromBinary(FileDescriptorSetSchema, bytes).file, ...wellKnown.map(({ proto }) => proto)];
  return new Map(files.map((file) => [file.name, file]));
}
