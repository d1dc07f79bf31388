import { ScalarType } from '@bufbuild/protobuf';
import type { JsonReader } from './json-reader.ts';
import { outOfRange, readShortInteger } from './read-number.ts';
import { Outcome, type ReadValue, scalarReader } from './read-scalar.ts';
import type { WireWriter } from './wire-writer.ts';

interface IntegerKey {
  readonly name: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly write: (wire: WireWriter, value: bigint) => void;
}

const signed = (name: string, bits: bigint, write: IntegerKey['write']): IntegerKey => ({
  name,
  from: -(2n ** (bits - 1n)),
  to: 2n ** (bits - 1n) - 1n,
  write,
});
const unsigned = (name: string, bits: bigint, write: IntegerKey['write']): IntegerKey => ({
  name,
  from: 0n,
  to: 2n ** bits - 1n,
  write,
});

/** Of 2^64. */
const mostDigits = 20;

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));
const varint = (wire: WireWriter, value: bigint): void => wire.varint64(low(value), high(value));
const zigzag = (wire: WireWriter, value: bigint): void => varint(wire, (value << 1n) ^ (value >> 63n));
const fixed32 = (wire: WireWriter, value: bigint): void => wire.fixed32(low(value));
const fixed64 = (wire: WireWriter, value: bigint): void => wire.fixed64(low(value), high(value));

const integerKeys: Partial<Readonly<Record<ScalarType, IntegerKey>>> = {
  [ScalarType.INT32]: signed('int32', 32n, varint),
  [ScalarType.INT64]: signed('int64', 64n, varint),
  [ScalarType.UINT32]: unsigned('uint32', 32n, varint),
  [ScalarType.UINT64]: unsigned('uint64', 64n, varint),
  [ScalarType.SINT32]: signed('sint32', 32n, zigzag),
  [ScalarType.SINT64]: signed('sint64', 64n, zigzag),
  [ScalarType.FIXED32]: unsigned('fixed32', 32n, fixed32),
  [ScalarType.FIXED64]: unsigned('fixed64', 64n, fixed64),
  [ScalarType.SFIXED32]: signed('sfixed32', 32n, fixed32),
  [ScalarType.SFIXED64]: signed('sfixed64', 64n, fixed64),
};

/**
 * Reads the key of a map, which is a JSON string, as protobuf-go does: an integer is decimal digits alone, with zeros or a sign
 * before them if need be, but nothing else that JSON has for numbers.
 */
export function mapKeyReader(type: ScalarType): ReadValue {
  if (type === ScalarType.BOOL) return readBoolKey;
  const key = integerKeys[type];
  return key === undefined ? scalarReader(type).read : integerKeyReader(key);
}

function integerKeyReader({ name, from, to, write }: IntegerKey): ReadValue {
  const form = from < 0n ? /^[+-]?\d+$/ : /^\d+$/;
  return (json, wire) => {
    const start = json.position;
    const short = readShortInteger(json);
    const value = Number.isNaN(short) ? longKey(json, name, form) : BigInt(short);
    if (value < from || value > to) outOfRange(json, name, start);
    write(wire, value);
    return Outcome.value;
  };
}

function longKey(json: JsonReader, name: string, form: RegExp): bigint {
  const start = json.position;
  const text = json.text();
  if (!form.test(text)) return json.expected(`a key of ${name}`, start);
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > mostDigits) return outOfRange(json, name, start);
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

const readBoolKey: ReadValue = (json, wire) => {
  const start = json.position;
  const text = json.text();
  if (text !== 'true' && text !== 'false') json.expected('"true" or "false"', start);
  wire.byte(Number(text === 'true'));
  return Outcome.value;
};
