import { type DescEnum, ScalarType } from '@bufbuild/protobuf';
import type { JsonOptions } from '../codec.ts';
import { WireType } from '../writing/wire-reader.ts';
import { type JsonReader, words } from './json-reader.ts';
import { NameTable } from './name-table.ts';
import { outOfRange, readDouble, readLongInteger, readShortInteger } from './read-number.ts';
import { readBytes, readString } from './read-string.ts';
import type { WireWriter } from './wire-writer.ts';

const quote = 0x22;

/** What a value came to: it was passed over, it is its type's default, or another. */
export const Outcome = { ignored: 0, zero: 1, value: 2 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Reads a JSON value and writes it as a wire value, without its tag. */
export type ReadValue = (json: JsonReader, wire: WireWriter) => Outcome;

export interface ValueReader {
  readonly wireType: number;
  readonly read: ReadValue;
  /** null is a value of it, not the absence of one: google.protobuf.Value and NullValue. */
  readonly takesNull?: boolean;
}

function outcome(isZero: boolean): Outcome {
  return isZero ? Outcome.zero : Outcome.value;
}

/** Integers of up to 32 bits. */
function readInt32(json: JsonReader, expected: string, from: number, to: number): number {
  const start = json.position;
  const short = readShortInteger(json);
  const value = Number.isNaN(short) ? Number(readLongInteger(json, expected, BigInt(from), BigInt(to))) : short;
  return value >= from && value <= to ? value : outOfRange(json, expected, start);
}

function int32Reader(expected: string, write: (wire: WireWriter, value: number) => void): ReadValue {
  const unsigned = expected.startsWith('u') || expected.startsWith('f');
  const from = unsigned ? 0 : -0x8000_0000;
  const to = unsigned ? 0xffff_ffff : 0x7fff_ffff;
  return (json, wire) => {
    const value = readInt32(json, expected, from, to);
    write(wire, value);
    return outcome(value === 0);
  };
}

/** Integers of up to 64 bits, given to `write` in halves. */
function int64Reader(expected: string, write: (wire: WireWriter, low: number, high: number) => void): ReadValue {
  const unsigned = expected.startsWith('u') || expected.startsWith('f');
  const from = unsigned ? 0n : -(2n ** 63n);
  const to = unsigned ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  return (json, wire) => {
    const start = json.position;
    const short = readShortInteger(json);
    if (Number.isNaN(short)) {
      const value = readLongInteger(json, expected, from, to);
      write(wire, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
      return outcome(value === 0n);
    }
    if (unsigned && short < 0) outOfRange(json, expected, start);
    const high = Math.floor(short / 0x1_0000_0000);
    write(wire, (short - high * 0x1_0000_0000) | 0, high | 0);
    return outcome(short === 0);
  };
}

const varint = (wire: WireWriter, low: number, high: number): void => wire.varint64(low, high);
const fixed64 = (wire: WireWriter, low: number, high: number): void => wire.fixed64(low, high);
const fixed32 = (wire: WireWriter, value: number): void => wire.fixed32(value);

const readFloat: ReadValue = (json, wire) => {
  const start = json.position;
  const value = readDouble(json, 'float');
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) outOfRange(json, 'float', start);
  wire.float(value);
  return outcome(Object.is(value, 0));
};
const readDoubleValue: ReadValue = (json, wire) => {
  const value = readDouble(json, 'double');
  wire.double(value);
  return outcome(Object.is(value, 0));
};
const readBool: ReadValue = (json, wire) => {
  const value = json.word(words.true);
  if (!value && !json.word(words.false)) json.expected('bool');
  wire.byte(Number(value));
  return outcome(!value);
};

const { varint: varintType, fixed32: fixed32Type, fixed64: fixed64Type, length } = WireType;

const readers: Readonly<Record<ScalarType, ValueReader>> = {
  [ScalarType.DOUBLE]: { wireType: fixed64Type, read: readDoubleValue },
  [ScalarType.FLOAT]: { wireType: fixed32Type, read: readFloat },
  [ScalarType.INT64]: { wireType: varintType, read: int64Reader('int64', varint) },
  [ScalarType.UINT64]: { wireType: varintType, read: int64Reader('uint64', varint) },
  [ScalarType.INT32]: {
    wireType: varintType,
    read: int32Reader('int32', (wire, value) => wire.varint64(value | 0, value < 0 ? -1 : 0)),
  },
  [ScalarType.FIXED64]: { wireType: fixed64Type, read: int64Reader('fixed64', fixed64) },
  [ScalarType.FIXED32]: { wireType: fixed32Type, read: int32Reader('fixed32', fixed32) },
  [ScalarType.BOOL]: { wireType: varintType, read: readBool },
  [ScalarType.STRING]: { wireType: length, read: (json, wire) => outcome(readString(json, wire) === 0) },
  [ScalarType.BYTES]: { wireType: length, read: (json, wire) => outcome(readBytes(json, wire) === 0) },
  [ScalarType.UINT32]: { wireType: varintType, read: int32Reader('uint32', (wire, value) => wire.varint32(value)) },
  [ScalarType.SFIXED32]: { wireType: fixed32Type, read: int32Reader('sfixed32', fixed32) },
  [ScalarType.SFIXED64]: { wireType: fixed64Type, read: int64Reader('sfixed64', fixed64) },
  [ScalarType.SINT32]: {
    wireType: varintType,
    read: int32Reader('sint32', (wire, value) => wire.varint32(((value << 1) ^ (value >> 31)) >>> 0)),
  },
  [ScalarType.SINT64]: {
    wireType: varintType,
    read: int64Reader('sint64', (wire, low, high) => {
      const sign = high >> 31;
      wire.varint64((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
    }),
  },
};

export function scalarReader(type: ScalarType): ValueReader {
  return readers[type];
}

/** Enum values by name or number. An unknown name is passed over or refused by the options; a closed enum refuses unknown numbers. */
export function enumReader(type: DescEnum, options: JsonOptions): ValueReader {
  const numbers = [...new Set(type.values.map((value) => value.number))];
  const indexes = new Map(numbers.map((number, index) => [number, index]));
  const indexed = (name: string, number: number): [string, number] => [name, indexes.get(number) ?? 0];
  // A value's name in the proto precedes a name that another value was given for JSON.
  const names = new NameTable([
    ...type.values.map((value) => indexed(value.jsonName, value.number)),
    ...type.values.map((value) => indexed(value.name, value.number)),
  ]);
  const isNullValue = type.typeName === 'google.protobuf.NullValue';
  const first = type.values[0]?.number ?? 0;
  const expected = `a value of ${type.typeName}`;

  const read: ReadValue = (json, wire) => {
    const start = json.position;
    let number = 0;
    if (json.bytes[start] === quote) {
      const index = names.read(json, 0);
      if (index < 0) {
        if (options.unknownFields === 'ignore') return Outcome.ignored;
        json.expected(expected, start);
      }
      number = numbers[index] ?? 0;
    } else if (!(isNullValue && json.word(words.null))) {
      number = readInt32(json, expected, -0x8000_0000, 0x7fff_ffff);
      if (!type.open && !indexes.has(number)) json.expected(expected, start);
    }
    wire.varint64(number, number < 0 ? -1 : 0);
    return outcome(number === first);
  };
  return { wireType: WireType.varint, read, takesNull: isNullValue };
}
