import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration, parseTimestamp } from './read-time.ts';

type Time = readonly [seconds: number, nanos: number];

const timestamps: readonly (readonly [text: string, time: Time | undefined])[] = [
  ['1970-01-01T00:00:00Z', [0, 0]],
  ['2026-01-02T03:04:05.678901Z', [1767323045, 678901000]],
  ['2026-01-02T03:04:05+01:30', [1767317645, 0]],
  ['2026-01-02T03:04:05.5-08:00', [1767351845, 500000000]],
  ['1969-12-31T23:59:59.25Z', [-1, 250000000]],
  ['0001-01-01T00:00:00Z', [-62135596800, 0]],
  ['9999-12-31T23:59:59.999999999Z', [253402300799, 999999999]],
  ['2024-02-29T00:00:00Z', [1709164800, 0]],
  ['2025-02-29T00:00:00Z', undefined],
  ['2026-02-30T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-00-01T00:00:00Z', undefined],
  ['2026-01-00T00:00:00Z', undefined],
  ['2026-01-02T24:00:00Z', undefined],
  ['2026-01-02T23:60:00Z', undefined],
  ['2016-12-31T23:59:60Z', undefined],
  ['2026-01-02T03:04:05+24:00', undefined],
  ['2026-01-02T03:04:05', undefined],
  ['2026-01-02T03:04:05.Z', undefined],
  ['2026-01-02T03:04:05.1234567890Z', undefined],
  ['2026-01-02t03:04:05z', undefined],
  ['2026-01-02 03:04:05Z', undefined],
  ['0000-12-31T23:59:59Z', undefined],
  ['0001-01-01T00:00:00+00:01', undefined],
  ['9999-12-31T23:59:59-00:01', undefined],
  ['', undefined],
];
for (const [text, time] of timestamps) {
  test(`timestamp "${text}"`, () => {
    assert.deepEqual(parseTimestamp(text), time && { seconds: time[0], nanos: time[1] });
  });
}

const durations: readonly (readonly [text: string, time: Time | undefined])[] = [
  ['0s', [0, 0]],
  ['1.5s', [1, 500000000]],
  ['-1.5s', [-1, -500000000]],
  ['-0.000000001s', [-0, -1]],
  ['315576000000s', [315576000000, 0]],
  ['-315576000000.999999999s', [-315576000000, -999999999]],
  ['315576000001s', undefined],
  ['+1s', [1, 0]],
  ['.5s', [0, 500000000]],
  ['1.s', [1, 0]],
  ['1', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['-s', undefined],
  ['1m', undefined],
  ['1.0000000001s', undefined],
  ['1e3s', undefined],
  [' 1s', undefined],
  ['1s ', undefined],
];
for (const [text, time] of durations) {
  test(`duration "${text}"`, () => {
    assert.deepEqual(parseDuration(text), time && { seconds: time[0], nanos: time[1] });
  });
}
