import { jsonValueAt } from './json-position.ts';
import { isNumber, type JsonReader } from './json-reader.ts';

const quote = 0x22;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const letterE = 0x65;

/** Digits that a number may have to be exact as a double while they are read. */
const exactDigits = 15;

/** Powers of ten that are exact as doubles. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * A whole number of at most 15 digits, quoted or not: all but the rarest. For anything else NaN is returned and the reader
 * stays where it is.
 */
export function readShortInteger(json: JsonReader): number {
  const { bytes } = json;
  let position = json.position;
  let byte = bytes[position] ?? 0;
  const quoted = byte === quote;
  if (quoted) byte = bytes[++position] ?? 0;
  const negative = byte === minus;
  if (negative) byte = bytes[++position] ?? 0;
  const first = position;
  let value = 0;
  while (byte >= zero && byte <= 0x39) {
    value = value * 10 + (byte - zero);
    byte = bytes[++position] ?? 0;
  }
  const digits = position - first;
  if (digits === 0 || digits > exactDigits || (digits > 1 && bytes[first] === zero)) return Number.NaN;
  if (quoted ? byte !== quote : byte === point || (byte | 0x20) === letterE) return Number.NaN;
  json.position = quoted ? position + 1 : position;
  return negative ? -value : value;
}

/** A whole number of any form that JSON has for it (1e2, 1.0, "5"); fails with what was expected. */
export function readLongInteger(json: JsonReader, expected: string, from: bigint, to: bigint): bigint {
  const start = json.position;
  const text = readNumberText(json, expected);
  const value = exactInteger(text);
  if (value === undefined) return json.expected(expected, start);
  return value >= from && value <= to ? value : outOfRange(json, expected, start);
}

/** The text of a number, quoted or not. */
function readNumberText(json: JsonReader, expected: string): string {
  const start = json.position;
  const byte = json.bytes[start] ?? 0;
  if (byte === minus || (byte >= zero && byte <= 0x39)) return json.numberText();
  if (byte !== quote) json.expected(expected);
  const text = json.text();
  return isNumber(text) ? text : json.expected(expected, start);
}

/** 1.5e3 as 1500n; undefined if it is not whole. What has more than 40 digits is given as 10^40: it is out of any range. */
function exactInteger(text: string): bigint | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE](.+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === zero) end--;
  if (end === 0) return 0n;
  const significant = digits.slice(0, end);
  const zeros = Number(exponent) - fraction.length + (digits.length - end);
  if (zeros < 0) return undefined;
  const magnitude = significant.length + zeros > 40 ? 10n ** 40n : BigInt(significant + '0'.repeat(zeros));
  return sign === '-' ? -magnitude : magnitude;
}

/** A double: a number, quoted or not, or one of "NaN", "Infinity" and "-Infinity". */
export function readDouble(json: JsonReader, expected: string): number {
  const short = readShortDecimal(json);
  if (!Number.isNaN(short)) return short;
  const start = json.position;
  if (json.bytes[start] === quote) {
    const text = json.text();
    if (text === 'NaN') return Number.NaN;
    if (text === 'Infinity') return Number.POSITIVE_INFINITY;
    if (text === '-Infinity') return Number.NEGATIVE_INFINITY;
    json.position = start;
  }
  const text = readNumberText(json, expected);
  const value = Number(text);
  return Number.isFinite(value) ? value : outOfRange(json, expected, start);
}

export function outOfRange(json: JsonReader, expected: string, at: number): never {
  return json.fail(`${jsonValueAt(json.bytes, at)} is out of range of ${expected}`, at);
}

/**
 * A decimal of at most 15 digits that is neither quoted nor has an exponent; for anything else NaN. Digits and power of ten
 * are exact, so that their quotient is the nearest double (W. Clinger, How to Read Floating Point Numbers Accurately).
 */
function readShortDecimal(json: JsonReader): number {
  const { bytes } = json;
  let position = json.position;
  let byte = bytes[position] ?? 0;
  const negative = byte === minus;
  if (negative) byte = bytes[++position] ?? 0;
  const first = position;
  let pointAt = -1;
  let value = 0;
  for (;;) {
    if (byte >= zero && byte <= 0x39) value = value * 10 + (byte - zero);
    else if (byte === point && pointAt < 0) pointAt = position;
    else break;
    byte = bytes[++position] ?? 0;
  }
  const fraction = pointAt < 0 ? 0 : position - pointAt - 1;
  const whole = (pointAt < 0 ? position : pointAt) - first;
  if (whole === 0 || whole + fraction > exactDigits || (whole > 1 && bytes[first] === zero)) return Number.NaN;
  if ((byte | 0x20) === letterE || byte === point || (pointAt >= 0 && fraction === 0)) return Number.NaN;
  json.position = position;
  const magnitude = fraction === 0 ? value : value / (powersOfTen[fraction] ?? 1);
  return negative ? -magnitude : magnitude;
}
