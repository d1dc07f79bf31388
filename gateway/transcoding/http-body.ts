import type { DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** google.api.HttpBody: data that passes without transcoding (google/api/httpbody.proto). */
export interface HttpBody {
  readonly contentType: string;
  readonly data: Uint8Array;
}

export function isHttpBody(type: DescMessage | undefined): boolean {
  return type?.typeName === 'google.api.HttpBody';
}

export function writeHttpBody({ contentType, data }: HttpBody): Uint8Array {
  const writer = new BinaryWriter();
  if (contentType !== '') writer.tag(1, WireType.LengthDelimited).string(contentType);
  if (data.length > 0) writer.tag(2, WireType.LengthDelimited).bytes(data);
  return writer.finish();
}

export function readHttpBody(wire: Uint8Array): HttpBody {
  const reader = new BinaryReader(wire);
  let contentType = '';
  let data: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1 && wireType === WireType.LengthDelimited) contentType = reader.string();
    else if (number === 2 && wireType === WireType.LengthDelimited) data = reader.bytes();
    else reader.skip(wireType, number);
  }
  return { contentType, data };
}

/** The message field `number` inside a message; its pieces joined, as a merge would. */
export function readMessageField(wire: Uint8Array, number: number): Uint8Array {
  const reader = new BinaryReader(wire);
  const pieces: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [found, wireType] = reader.tag();
    if (found === number && wireType === WireType.LengthDelimited) pieces.push(reader.bytes());
    else reader.skip(wireType, found);
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
