import { ScalarType } from '@bufbuild/protobuf';
import { longestDuration, timestampRange } from '../well-known-types.ts';
import type { JsonWriter } from './json-writer.ts';
import type { WireReader } from './wire-reader.ts';
import { messageWriter } from './write-message.ts';
import { scalarKind } from './write-scalar.ts';
import { valuePlan } from './write-submessage.ts';

const quote = 0x22;
const dash = 0x2d;
const point = 0x2e;
const colon = 0x3a;
const secondsAndNanos = [
  valuePlan(1, scalarKind(ScalarType.INT64, true)),
  valuePlan(2, scalarKind(ScalarType.INT32, true)),
];

/** "1972-01-01T10:00:20.021Z" with 0, 3, 6 or 9 digits of a second. */
export const writeTimestamp = messageWriter(secondsAndNanos, (wire, json, _end, first) => {
  const seconds = readSeconds(wire, first);
  const nanos = readNanos(wire, first + 2);
  if (seconds < timestampRange.from || seconds > timestampRange.to) {
    return wire.refuse('google.protobuf.Timestamp is not between the years 1 and 9999');
  }
  if (nanos < 0 || nanos > 999_999_999) return wire.refuse('google.protobuf.Timestamp: nanos are out of range');
  const days = Math.floor(seconds / 86_400);
  const second = seconds - days * 86_400;
  json.byte(quote);
  writeDate(json, days);
  json.byte(0x54);
  json.digits(second / 3600, 2);
  json.byte(colon);
  json.digits((second / 60) % 60, 2);
  json.byte(colon);
  json.digits(second % 60, 2);
  writeFraction(json, nanos);
  json.byte(0x5a);
  json.byte(quote);
});

/** "-1.500s" with 0, 3, 6 or 9 digits of a second. */
export const writeDuration = messageWriter(secondsAndNanos, (wire, json, _end, first) => {
  const seconds = readSeconds(wire, first);
  const nanos = readNanos(wire, first + 2);
  if (Math.abs(seconds) > longestDuration || Math.abs(nanos) > 999_999_999) {
    return wire.refuse('google.protobuf.Duration is out of range');
  }
  if (seconds * nanos < 0) return wire.refuse('google.protobuf.Duration: seconds and nanos differ in sign');
  json.byte(quote);
  if (seconds < 0 || nanos < 0) json.byte(dash);
  json.integer(Math.abs(seconds));
  writeFraction(json, Math.abs(nanos));
  json.byte(0x73);
  json.byte(quote);
});

/** Inexact past ±2^53, which is out of range anyway. */
function readSeconds(wire: WireReader, slot: number): number {
  if (!wire.seek(slot)) return 0;
  const low = wire.varint64() >>> 0;
  return wire.high * 0x1_0000_0000 + low;
}

function readNanos(wire: WireReader, slot: number): number {
  return wire.seek(slot) ? wire.varint32() | 0 : 0;
}

/** "1970-01-01" for day 0 (proleptic Gregorian calendar). Years are counted from March, so that leap days end them. */
function writeDate(json: JsonWriter, days: number): void {
  const day = days + 719_468;
  const era = Math.floor(day / 146_097);
  const dayOfEra = day - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  json.digits(yearOfEra + era * 400 + (month < 10 ? 0 : 1), 4);
  json.byte(dash);
  json.digits(month < 10 ? month + 3 : month - 9, 2);
  json.byte(dash);
  json.digits(dayOfYear - Math.floor((153 * month + 2) / 5) + 1, 2);
}

function writeFraction(json: JsonWriter, nanos: number): void {
  if (nanos === 0) return;
  json.byte(point);
  if (nanos % 1_000_000 === 0) json.digits(nanos / 1_000_000, 3);
  else if (nanos % 1000 === 0) json.digits(nanos / 1000, 6);
  else json.digits(nanos, 9);
}
