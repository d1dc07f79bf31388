import { type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { AnyField, FieldsOf } from '../../gateway/transcoding/message-fields.ts';

/** What the fields of a message look like on the wire, by number. */
type Shape = ReadonlyMap<number, FieldShape>;

interface FieldShape {
  readonly wireType: number;
  /** The list's elements have this wire type if they are packed. */
  readonly packed: boolean;
  readonly content: (() => Shape) | undefined;
}

/**
 * Whether wire bytes are a message by the letter: every value has the wire type of its field and ends within the message
 * around it. protobuf-es is less strict there, so that it has no say in what is not.
 */
export function isWellFormed(bytes: Uint8Array, type: DescMessage, fieldsOf: FieldsOf): boolean {
  let position = 0;

  const varint = (end: number, longest: number): bigint | undefined => {
    let value = 0n;
    for (let i = 0; i < longest && position < end; i++) {
      const byte = bytes[position++] ?? 0;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    return undefined;
  };

  /** Values one after the other. */
  const packed = (wireType: number, end: number): boolean => {
    while (position < end) if (!value(wireType, 0, end, undefined)) return false;
    return position === end;
  };

  const value = (wireType: number, number: number, end: number, field: FieldShape | undefined): boolean => {
    if (wireType === 0) return varint(end, 10) !== undefined;
    if (wireType === 3) return message(end, field?.content?.(), number);
    let length: number | undefined = wireType === 1 ? 8 : 4;
    if (wireType === 2) length = Number(varint(end, 10) ?? Number.POSITIVE_INFINITY);
    const stop = position + length;
    if (wireType === 4 || wireType > 5 || stop > end) return false;
    if (wireType === 2 && field?.content !== undefined) return message(stop, field.content(), 0);
    if (wireType === 2 && field?.packed === true && field.wireType !== 2) return packed(field.wireType, stop);
    position = stop;
    return true;
  };

  /** A message up to the end, or, if `group` is a number, up to the end tag of that group. */
  const message = (end: number, shape: Shape | undefined, group: number): boolean => {
    while (position < end) {
      const tag = varint(end, 5) ?? 0n;
      const number = Number(tag >> 3n);
      const wireType = Number(tag & 7n);
      if (number === 0 || tag > 0xffff_ffffn) return false;
      if (wireType === 4) return number === group;
      const field = shape?.get(number);
      const fits = field === undefined || wireType === field.wireType || (wireType === 2 && field.packed);
      if (!fits || !value(wireType, number, end, field)) return false;
    }
    return group === 0 && position === end;
  };

  return message(bytes.length, shapeOf(type, fieldsOf), 0);
}

function shapeOf(type: DescMessage, fieldsOf: FieldsOf): Shape {
  return new Map(
    fieldsOf(type).map((field) => {
      if (field.fieldKind !== 'map') return [field.number, fieldShape(field, fieldsOf)];
      const key = { wireType: scalarWireType(field.mapKey), packed: false, content: undefined };
      const content = (): Shape =>
        new Map([
          [1, key],
          [2, fieldShape(field, fieldsOf)],
        ]);
      return [field.number, { wireType: 2, packed: false, content }];
    }),
  );
}

function fieldShape(field: AnyField, fieldsOf: FieldsOf): FieldShape {
  const { message } = field;
  if (message !== undefined) {
    return { wireType: field.delimitedEncoding ? 3 : 2, packed: false, content: () => shapeOf(message, fieldsOf) };
  }
  const wireType = field.scalar === undefined ? 0 : scalarWireType(field.scalar);
  return { wireType, packed: field.fieldKind === 'list' && wireType !== 2, content: undefined };
}

export function scalarWireType(type: ScalarType): 0 | 1 | 2 | 5 {
  switch (type) {
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 1;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return 5;
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 2;
    default:
      return 0;
  }
}
