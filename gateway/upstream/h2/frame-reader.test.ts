import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frameBytes } from '../testing/frame-bytes.ts';
import { ConnectionFault } from './connection-fault.ts';
import { type FrameHandler, FrameReader } from './frame-reader.ts';
import { Flag, FrameType } from './frames.ts';

/** What was read, with DATA put together again. */
class Recorder implements FrameHandler {
  readonly frames: unknown[] = [];
  #data: { streamId: number; flags: number; length: number; bytes: Buffer } | undefined;

  onDataStart(streamId: number, flags: number, length: number): void {
    assert.equal(this.#data, undefined);
    this.#data = { streamId, flags, length, bytes: Buffer.alloc(0) };
  }

  onDataBytes(chunk: Buffer, start: number, end: number): void {
    assert.ok(this.#data !== undefined && end > start);
    this.#data.bytes = Buffer.concat([this.#data.bytes, chunk.subarray(start, end)]);
  }

  onDataEnd(): void {
    assert.ok(this.#data !== undefined);
    const { streamId, flags, length, bytes } = this.#data;
    this.frames.push([FrameType.DATA, flags, streamId, length, bytes.toString('hex')]);
    this.#data = undefined;
  }

  onFrame(type: number, flags: number, streamId: number, chunk: Buffer, start: number, end: number): void {
    this.frames.push([type, flags, streamId, end - start, chunk.toString('hex', start, end)]);
  }
}

/** Reads bytes in pieces of these sizes, over and over, out of a buffer that is overwritten each time. */
function readIn(sizes: readonly number[], bytes: Buffer): unknown[] {
  const recorder = new Recorder();
  const reader = new FrameReader(recorder);
  const chunk = Buffer.alloc(Math.max(...sizes));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.min(sizes[i % sizes.length] ?? 1, bytes.length - at);
    bytes.copy(chunk, 0, at, at + size);
    reader.read(chunk, size);
    chunk.fill(0xee);
    at += size;
  }
  return recorder.frames;
}

const frame = fc
  .record({
    type: fc.integer({ min: 0, max: 10 }),
    flags: fc.constantFrom(0, Flag.END_STREAM, Flag.PADDED, Flag.PADDED | Flag.END_STREAM),
    streamId: fc.integer({ min: 0, max: 0x7fffffff }),
    payload: fc.uint8Array({ maxLength: 60 }),
    padding: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ type, flags, streamId, payload, padding }) => {
    const padded = type === FrameType.DATA && (flags & Flag.PADDED) !== 0;
    const whole = padded
      ? Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)])
      : Buffer.from(payload);
    const expected = [type, flags, streamId, whole.length, Buffer.from(payload).toString('hex')];
    return { bytes: frameBytes(type, flags, streamId, whole), expected };
  });

test('frames come out the same however the bytes are cut', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), sizes, (frames, cuts) => {
      const bytes = Buffer.concat(frames.map((one) => one.bytes));
      assert.deepEqual(
        readIn(cuts, bytes),
        frames.map(({ expected }) => expected),
      );
    }),
    { numRuns: 500 },
  );
});

test('any bytes are frames or a ConnectionFault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 400 }), (bytes, size) => {
      try {
        readIn([size], Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof ConnectionFault, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
