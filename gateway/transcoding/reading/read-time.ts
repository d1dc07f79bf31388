import { longestDuration, timestampRange } from '../well-known-types.ts';
import type { JsonReader } from './json-reader.ts';
import type { WireWriter } from './wire-writer.ts';

/** RFC 3339 as in "1972-01-01T10:00:20.021Z": upper case, up to nine digits of a second, Z or an offset. */
const timestampForm = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** "1.5s"; protobuf-go, and so grpc-gateway, takes "+1s", ".5s" and "1.s" too, but not "01s". */
const durationForm = /^([+-]?)(0|[1-9]\d{0,11}|)(?:\.(\d{0,9}))?s$/;

interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

export function readTimestamp(json: JsonReader, wire: WireWriter): void {
  const start = json.position;
  writeTime(wire, parseTimestamp(readText(json, 'an RFC 3339 time')) ?? json.expected('an RFC 3339 time', start));
}

export function readDuration(json: JsonReader, wire: WireWriter): void {
  const start = json.position;
  writeTime(
    wire,
    parseDuration(readText(json, 'a duration in seconds')) ?? json.expected('a duration in seconds', start),
  );
}

/** Seconds and nanoseconds since 1970 of an RFC 3339 time between the years 1 and 9999; undefined for anything else. */
export function parseTimestamp(text: string): Time | undefined {
  const match = timestampForm.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isDate = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  const offset = sign === undefined ? 0 : (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -60 : 60);
  const isOffset = sign === undefined || (Number(offsetHour) < 24 && Number(offsetMinute) < 60);
  if (!isDate || !isTime || !isOffset) return undefined;
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  if (seconds < timestampRange.from || seconds > timestampRange.to) return undefined;
  return { seconds, nanos: Number(fraction.padEnd(9, '0')) };
}

/** Seconds and nanoseconds of "-1.5s", both with its sign; undefined for anything else and for more than 10,000 years. */
export function parseDuration(text: string): Time | undefined {
  const match = durationForm.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const seconds = Number(whole);
  const nanos = Number(fraction.padEnd(9, '0'));
  if (whole + fraction === '' || seconds > longestDuration) return undefined;
  return sign === '-' ? { seconds: -seconds, nanos: -nanos } : { seconds, nanos };
}

function readText(json: JsonReader, expected: string): string {
  if (json.bytes[json.position] !== 0x22) json.expected(expected);
  return json.text();
}

/** Fields 1 and 2 of Timestamp and Duration, which have no presence. */
function writeTime(wire: WireWriter, { seconds, nanos }: Time): void {
  if (seconds !== 0) {
    const high = Math.floor(seconds / 0x1_0000_0000);
    wire.byte(0x08);
    wire.varint64(seconds - high * 0x1_0000_0000, high);
  }
  if (nanos !== 0) {
    wire.byte(0x10);
    wire.varint64(nanos, nanos < 0 ? -1 : 0);
  }
}
