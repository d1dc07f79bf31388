import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Field numbers in descriptor.proto. */
const fileOfSet = 1;
const nameOfFile = 1;

/** The files of a FileDescriptorSet as they stand in it, still encoded. Throws on bytes that are not one. */
export function splitDescriptorSet(bytes: Uint8Array): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const files: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === fileOfSet && wireType === WireType.LengthDelimited) files.push(reader.bytes());
    else reader.skip(wireType, field);
  }
  return files;
}

/** The name of an encoded file; the empty one where it has none. */
export function fileName(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === nameOfFile && wireType === WireType.LengthDelimited) return reader.string();
    reader.skip(wireType, field);
  }
  return '';
}
