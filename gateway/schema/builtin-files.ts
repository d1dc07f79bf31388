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
import { file_google_protobuf_c_sharp_features } from '@bufbuild/protobuf/wkt/google/protobuf/c_sharp_features_pb.js';
import { file_google_protobuf_cpp_file_options } from '@bufbuild/protobuf/wkt/google/protobuf/cpp_file_options_pb.js';
import { file_google_protobuf_cpp_options } from '@bufbuild/protobuf/wkt/google/protobuf/cpp_options_pb.js';
import { file_google_protobuf_json_enumvalue_options } from '@bufbuild/protobuf/wkt/google/protobuf/json_enumvalue_options_pb.js';
import { file_google_protobuf_json_options } from '@bufbuild/protobuf/wkt/google/protobuf/json_options_pb.js';

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
  file_google_protobuf_c_sharp_features,
  file_google_protobuf_cpp_file_options,
  file_google_protobuf_cpp_options,
  file_google_protobuf_json_enumvalue_options,
  file_google_protobuf_json_options,
];

/** By name, imports before what imports them. */
export function readBuiltinFiles(): BuiltinFiles {
  const bytes = readFileSync(join(import.meta.dirname, '../gen/builtin.binpb'));
  const files = [...fromBinary(FileDescriptorSetSchema, bytes).file, ...wellKnown.map(({ proto }) => proto)];
  return new Map(files.map((file) => [file.name, file]));
}
