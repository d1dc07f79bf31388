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
  /** Everything in its order: bytes to copy, or the number of a field of which a piece stood here. */
  const parts: (Uint8Array | number)[] = [];
  const lastPart = new Map<number, number>();
  const reader = new BinaryReader(wire);
  let copied = 0;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (wireType !== WireType.LengthDelimited || !fields.has(number)) {
      reader.skip(wireType, number);
      continue;
    }
    if (copied < start) parts.push(wire.subarray(copied, start));
    lastPart.set(number, parts.push(number) - 1);
    const found = pieces.get(number);
    if (found === undefined) pieces.set(number, [reader.bytes()]);
    else found.push(reader.bytes());
    copied = reader.pos;
  }
  if (parts.length === 0) return wire;
  if (copied < wire.length) parts.push(wire.subarray(copied));
  const writer = new BinaryWriter();
  for (const [index, part] of parts.entries()) {
    if (typeof part !== 'number') writer.raw(part);
    // In the place of its last piece: of the members of a oneof the last one counts.
    else if (lastPart.get(part) === index) {
      writer.tag(part, WireType.LengthDelimited).bytes(mergePieces(pieces.get(part) ?? [], fields.get(part)?.message));
    }
  }
  return writer.finish();
}

function mergePieces(pieces: readonly Uint8Array[], type: DescMessage | undefined): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  return type === undefined ? Buffer.concat(pieces) : mergeMessages(Buffer.concat(pieces), type);
}

function isSingularMessage(field: DescField): boolean {
  return field.fieldKind === 'message' && !field.delimitedEncoding;
}
