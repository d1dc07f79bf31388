import { type DescEnum, ScalarType } from '@bufbuild/protobuf';
import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Why a text is no value of a type; the caller adds the name of the field. */
export class TextValueError extends Error {}

/** Writes the value that a text of a path or query stands for, without its tag. */
export function writeScalarText(writer: BinaryWriter, type: ScalarType, text: string): void {
  switch (type) {
    case ScalarType.STRING:
      writer.string(text);
      return;
    case ScalarType.BYTES:
      writer.bytes(base64(text));
      return;
    case ScalarType.BOOL:
      writer.bool(boolean(text));
      return;
    case ScalarType.DOUBLE:
      writer.double(double(text));
      return;
    case ScalarType.FLOAT:
      writer.float(float(text));
      return;
    case ScalarType.INT32:
      writer.int32(Number(integer(text, signed32)));
      return;
    case ScalarType.SINT32:
      writer.sint32(Number(integer(text, signed32)));
      return;
    case ScalarType.SFIXED32:
      writer.sfixed32(Number(integer(text, signed32)));
      return;
    case ScalarType.UINT32:
      writer.uint32(Number(integer(text, unsigned32)));
      return;
    case ScalarType.FIXED32:
      writer.fixed32(Number(integer(text, unsigned32)));
      return;
    case ScalarType.INT64:
      writer.int64(integer(text, signed64));
      return;
    case ScalarType.SINT64:
      writer.sint64(integer(text, signed64));
      return;
    case ScalarType.SFIXED64:
      writer.sfixed64(integer(text, signed64));
      return;
    case ScalarType.UINT64:
      writer.uint64(integer(text, unsigned64));
      return;
    case ScalarType.FIXED64:
      writer.fixed64(integer(text, unsigned64));
      return;
  }
}

/** The wire type of a scalar that is not packed (https://protobuf.dev/programming-guides/encoding/#structure). */
export function wireTypeOf(type: ScalarType): WireType {
  switch (type) {
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    default:
      return WireType.Varint;
  }
}

/** An enum value by its name or its number; a closed enum (proto2) has no numbers but its own. */
export function enumNumber(type: DescEnum, text: string): number {
  const named = type.values.find((value) => value.name === text);
  if (named !== undefined) return named.number;
  if (!/^[+-]?\d+$/.test(text)) throw new TextValueError(`"${shorten(text)}" is not a value of ${type.typeName}`);
  const number = Number(integer(text, signed32));
  if (!type.open && !type.values.some((value) => value.number === number)) {
    throw new TextValueError(`${text} is not a value of ${type.typeName}`);
  }
  return number;
}

interface IntegerRange {
  readonly name: string;
  readonly pattern: RegExp;
  readonly minimum: bigint;
  readonly maximum: bigint;
}

const signed = /^[+-]?\d+$/;
const unsigned = /^\d+$/;
const signed32: IntegerRange = { name: 'int32', pattern: signed, minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n };
const unsigned32: IntegerRange = { name: 'uint32', pattern: unsigned, minimum: 0n, maximum: 2n ** 32n - 1n };
const signed64: IntegerRange = { name: 'int64', pattern: signed, minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n };
const unsigned64: IntegerRange = { name: 'uint64', pattern: unsigned, minimum: 0n, maximum: 2n ** 64n - 1n };

/** Longest decimal text that BigInt is given: a long one would cost quadratic time. */
const maxIntegerLength = 100;

function integer(text: string, range: IntegerRange): bigint {
  if (!range.pattern.test(text) || text.length > maxIntegerLength) {
    throw new TextValueError(`"${shorten(text)}" is not a value of type ${range.name}`);
  }
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value < range.minimum || value > range.maximum) {
    throw new TextValueError(`${text} is out of range for ${range.name}`);
  }
  return value;
}

function boolean(text: string): boolean {
  switch (text) {
    case 'true':
    case 'True':
    case 'TRUE':
    case 't':
    case 'T':
    case '1':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
    case 'f':
    case 'F':
    case '0':
      return false;
    default:
      throw new TextValueError(`"${shorten(text)}" is not a value of type bool`);
  }
}

/** As grpc-gateway takes them, which is Go's syntax: also hexadecimal, and with underscores between digits. */
function double(text: string): number {
  const special = /^(?:([+-]?)inf(?:inity)?|nan)$/i.exec(text);
  if (special !== null) {
    if (special[1] === undefined) return NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  const digits = text.includes('_') ? text.replace(/(?<=\d)_(?=\d)/g, '') : text;
  const isDecimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits);
  const value = isDecimal ? Number(digits) : hexadecimal(digits);
  if (value === undefined) throw new TextValueError(`"${shorten(text)}" is not a number`);
  if (!Number.isFinite(value)) throw new TextValueError(`${shorten(text)} is out of range for double`);
  return value;
}

/** "-0x1.8p3" is -12. */
function hexadecimal(text: string): number | undefined {
  const match = /^([+-]?)0[xX]([\da-fA-F]{0,100})\.?([\da-fA-F]{0,100})[pP]([+-]?\d{1,9})$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole + fraction === '') return undefined;
  const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

function float(text: string): number {
  const value = double(text);
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
    throw new TextValueError(`${shorten(text)} is out of range for float`);
  }
  return value;
}

/** Both alphabets, with or without padding (RFC 4648, sections 4 and 5). */
function base64(text: string): Uint8Array {
  const unpadded = text.replace(/={1,2}$/, '');
  const padding = text.length - unpadded.length;
  const wellFormed =
    /^[A-Za-z0-9+/_-]*$/.test(unpadded) &&
    unpadded.length % 4 !== 1 &&
    (padding === 0 || (unpadded.length + padding) % 4 === 0);
  if (!wellFormed) throw new TextValueError(`"${shorten(text)}" is not base64`);
  return Buffer.from(unpadded, 'base64');
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
