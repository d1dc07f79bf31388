import { type DescEnum, type DescEnumValue, ScalarType } from '@bufbuild/protobuf';
import type { JsonOptions } from '../codec.ts';
import { token } from './json-writer.ts';
import { WireType, type WriteMessage, type WriteValue } from './wire-reader.ts';
import { writeLenientString, writeString } from './write-string.ts';

/** A kind of value: a field that is not repeated, an element of a list, a key or value of a map. */
export interface ValueKind {
  readonly wireType: number;
  readonly write: WriteValue;
  /** JSON of the value that stands for an absent one. */
  readonly zero: string;
  /** Writes its fields, if it is a message. */
  readonly message?: WriteMessage;
}

/** Numbers of enum values below this are looked up in an array. */
const smallEnum = 32;

const quote = 0x22;
const trueToken = token('true');
const falseToken = token('false');
const nullToken = token('null');

const float: WriteValue = (wire, json) => {
  json.float(wire.view.getFloat32(wire.position, true));
  wire.position += 4;
};
const double: WriteValue = (wire, json) => {
  json.double(wire.view.getFloat64(wire.position, true));
  wire.position += 8;
};
const int32: WriteValue = (wire, json) => json.integer(wire.varint32() | 0);
const uint32: WriteValue = (wire, json) => json.integer(wire.varint32());
const sint32: WriteValue = (wire, json) => {
  const value = wire.varint32();
  json.integer((value >>> 1) ^ -(value & 1));
};
const fixed32: WriteValue = (wire, json) => {
  json.integer(wire.view.getUint32(wire.position, true));
  wire.position += 4;
};
const sfixed32: WriteValue = (wire, json) => {
  json.integer(wire.view.getInt32(wire.position, true));
  wire.position += 4;
};
const int64: WriteValue = (wire, json) => json.int64(wire.varint64(), wire.high);
const uint64: WriteValue = (wire, json) => json.uint64(wire.varint64(), wire.high);
const sint64: WriteValue = (wire, json) => json.int64(wire.zigzag64(), wire.high);
const fixed64: WriteValue = (wire, json) => json.uint64(wire.fixed64(), wire.high);
const sfixed64: WriteValue = (wire, json) => json.int64(wire.fixed64(), wire.high);
const bool: WriteValue = (wire, json) => json.token((wire.varint64() | wire.high) === 0 ? falseToken : trueToken);
const bytes: WriteValue = (wire, json, end) => {
  const length = wire.length(end);
  const start = wire.position;
  wire.position = start + length;
  json.base64(wire.bytes, start, start + length);
};

const kinds: Readonly<Record<ScalarType, ValueKind>> = {
  [ScalarType.DOUBLE]: { wireType: WireType.fixed64, write: double, zero: '0' },
  [ScalarType.FLOAT]: { wireType: WireType.fixed32, write: float, zero: '0' },
  [ScalarType.INT64]: { wireType: WireType.varint, write: int64, zero: '"0"' },
  [ScalarType.UINT64]: { wireType: WireType.varint, write: uint64, zero: '"0"' },
  [ScalarType.INT32]: { wireType: WireType.varint, write: int32, zero: '0' },
  [ScalarType.FIXED64]: { wireType: WireType.fixed64, write: fixed64, zero: '"0"' },
  [ScalarType.FIXED32]: { wireType: WireType.fixed32, write: fixed32, zero: '0' },
  [ScalarType.BOOL]: { wireType: WireType.varint, write: bool, zero: 'false' },
  [ScalarType.STRING]: { wireType: WireType.length, write: writeString, zero: '""' },
  [ScalarType.BYTES]: { wireType: WireType.length, write: bytes, zero: '""' },
  [ScalarType.UINT32]: { wireType: WireType.varint, write: uint32, zero: '0' },
  [ScalarType.SFIXED32]: { wireType: WireType.fixed32, write: sfixed32, zero: '0' },
  [ScalarType.SFIXED64]: { wireType: WireType.fixed64, write: sfixed64, zero: '"0"' },
  [ScalarType.SINT32]: { wireType: WireType.varint, write: sint32, zero: '0' },
  [ScalarType.SINT64]: { wireType: WireType.varint, write: sint64, zero: '"0"' },
};

/** `checked`: a string that is not UTF-8 fails (the feature utf8_validation). */
export function scalarKind(type: ScalarType, checked: boolean): ValueKind {
  const kind = kinds[type];
  return type === ScalarType.STRING && !checked ? { ...kind, write: writeLenientString } : kind;
}

/** Map keys are JSON strings, whatever their type. */
export function mapKeyKind(type: ScalarType, checked: boolean): ValueKind {
  const kind = scalarKind(type, checked);
  if (kind.zero.startsWith('"')) return kind;
  const write: WriteValue = (wire, json, end) => {
    json.byte(quote);
    kind.write(wire, json, end);
    json.byte(quote);
  };
  return { ...kind, write, zero: `"${kind.zero}"` };
}

/** Enum values by name, unknown ones by number; google.protobuf.NullValue is always null. */
export function enumKind(type: DescEnum, options: JsonOptions): ValueKind {
  const kind = { wireType: WireType.varint };
  if (isNullValue(type)) {
    const write: WriteValue = (wire, json) => {
      wire.varint32();
      json.token(nullToken);
    };
    return { ...kind, write, zero: 'null' };
  }
  const texts = enumTexts(type, options);
  const zero = texts.get(type.values[0]?.number ?? 0) ?? '0';
  if (options.enumsAsNumbers) return { ...kind, write: int32, zero };
  const names = new Map([...texts].map(([number, text]) => [number, token(text)]));
  const small = Array.from({ length: smallEnum }, (_, number) => names.get(number));
  const write: WriteValue = (wire, json) => {
    const number = wire.varint32() | 0;
    const name = number >= 0 && number < smallEnum ? small[number] : names.get(number);
    if (name === undefined) json.integer(number);
    else json.token(name);
  };
  return { ...kind, write, zero };
}

/** The JSON of an enum's values, by number. Of two names for one number (allow_alias) the first one is written. */
export function enumTexts(type: DescEnum, options: JsonOptions): ReadonlyMap<number, string> {
  const textOf = ({ number, jsonName }: DescEnumValue): string => {
    if (isNullValue(type)) return 'null';
    return options.enumsAsNumbers ? String(number) : JSON.stringify(jsonName);
  };
  return new Map(type.values.toReversed().map((value) => [value.number, textOf(value)]));
}

function isNullValue(type: DescEnum): boolean {
  return type.typeName === 'google.protobuf.NullValue';
}
