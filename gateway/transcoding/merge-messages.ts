import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * The same message with every singular message field written once. Readers have to merge the pieces of such a field
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins), but protobufjs, and with it most gRPC servers in
 * Node, keeps the last piece only.
 */
export function mergeMessages(wire: Uint8Array, type: DescMessage): Uint8Array {
  const fields = new Map(type.fields.filter(isSingularMessage).map((field) => [field.number, field]));
  const pieces = new Map<number, Uint8Array[]>();
  const rest = new BinaryWriter();
  const reader = new BinaryReader(wire);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && fields.has(number)) {
      const found = pieces.get(number);
      if (found === undefined) pieces.set(number, [reader.bytes()]);
      else found.push(reader.bytes());
    } else {
      reader.skip(wireType, number);
      rest.raw(wire.subarray(start, reader.pos));
    }
  }
  for (const [number, found] of pieces) {
    const [only = new Uint8Array()] = found;
    const message = fields.get(number)?.message;
    const merged = found.length === 1 || message === undefined ? only : mergeMessages(Buffer.concat(found), message);
    rest.tag(number, WireType.LengthDelimited).bytes(merged);
  }
  return rest.finish();
}

function isSingularMessage(field: DescField): boolean {
  return field.fieldKind === 'message' && !field.delimitedEncoding;
}
