import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type DescriptorProto, type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { jsonNameOf } from './parse-field.ts';

/** Field number in descriptor.proto. */
const sourceCodeInfo = 9;

/**
 * One FileDescriptorProto, whoever wrote it. Source info (the larger part of most files) is left out before anything is
 * decoded, and JSON names are derived where they are missing: the runtimes of C++, Java and Python leave them out of
 * what they serve by reflection. Throws on bytes that are not a file.
 */
export function decodeFile(bytes: Uint8Array): FileDescriptorProto {
  const file = fromBinary(FileDescriptorProtoSchema, withoutField(bytes, sourceCodeInfo));
  if (file.name === '' || /\p{Cc}/u.test(file.name)) throw new Error('a file without a proper name');
  for (const message of file.messageType) deriveJsonNames(message);
  for (const field of file.extension) field.jsonName ||= jsonNameOf(field.name);
  return file;
}

function withoutField(bytes: Uint8Array, unwanted: number): Uint8Array {
  const reader = new BinaryReader(bytes);
  const parts: Uint8Array[] = [];
  let kept = 0;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    reader.skip(wireType, field);
    if (field !== unwanted) continue;
    parts.push(bytes.subarray(kept, start));
    kept = reader.pos;
  }
  return kept === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(kept)]);
}

function deriveJsonNames(message: DescriptorProto): void {
  for (const field of [...message.field, ...message.extension]) field.jsonName ||= jsonNameOf(field.name);
  for (const nested of message.nestedType) deriveJsonNames(nested);
}
