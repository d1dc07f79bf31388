import { test } from 'node:test';
import fc from 'fast-check';
import { createUpstream } from '../create-upstream.ts';
import { startFakeServer } from '../testing/fake-server.ts';
import { answerFields, frameBytes, literals, message, settings, uint32 } from '../testing/frame-bytes.ts';
import { recordCall } from '../testing/record-call.ts';
import { FrameType } from './frames.ts';

const uint32s = fc.oneof(fc.constantFrom(0, 1, 65_535, 0x7fffffff, 0xffffffff), fc.nat(100_000)).map(uint32);

/** Frames that are nearly right: a server that is broken in one place, not in all. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(literals(answerFields)),
  fc.constant(literals([['grpc-status', '0']])),
  fc.constant(
    literals([
      ['grpc-status', '5'],
      ['grpc-message', '%41%'],
      ['grpc-status-details-bin', 'AAA='],
    ]),
  ),
  fc.string({ maxLength: 30 }).map(message),
  uint32s,
  fc.tuple(uint32s, uint32s).map((parts) => Buffer.concat(parts)),
  fc.tuple(fc.integer({ min: 0, max: 7 }), uint32s).map(([id, value]) => Buffer.concat([Buffer.from([0, id]), value])),
);

const frame = fc
  .record({
    // GOAWAY rarely: after it the calls go to another connection, a second later.
    type: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(FrameType.DATA, FrameType.HEADERS) },
      { weight: 30, arbitrary: fc.constantFrom(2, 3, 4, 5, 6, 8, 9, 10) },
      { weight: 1, arbitrary: fc.constant(FrameType.GOAWAY) },
    ),
    flags: fc.oneof(fc.constantFrom(0, 1, 4, 5, 8), fc.integer({ min: 0, max: 255 })),
    streamId: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(1, 3) }, fc.constantFrom(0, 2, 5)),
    payload,
  })
  .map(({ type, flags, streamId, payload: bytes }) => {
    const onConnection = type === FrameType.SETTINGS || type === FrameType.PING || type === FrameType.GOAWAY;
    return frameBytes(type, flags, onConnection ? 0 : streamId, bytes);
  });

test('whatever a server sends, every call ends once, by the rules of its listener', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 12 }), fc.boolean(), async (frames, pauses) => {
      const server = await startFakeServer(async (peer) => {
        peer.send(settings());
        await peer.next(FrameType.HEADERS);
        await peer.next(FrameType.HEADERS);
        for (const bytes of frames) peer.send(bytes);
        setImmediate(() => peer.destroy());
      });
      const upstream = createUpstream(`127.0.0.1:${server.port}`, { transport: 'h2' });
      const unary = recordCall(upstream, { path: '/fuzz', message: Buffer.from('m') });
      const streaming = recordCall(upstream, { path: '/fuzz' });
      streaming.call.send(Buffer.from('s'));
      if (pauses) {
        unary.call.pause();
        setTimeout(() => unary.call.resume(), 5);
      }
      // The recorder throws where onStatus comes twice, or anything after it.
      await Promise.all([unary.status, streaming.status]);
      await upstream.close(0);
      server.stop();
    }),
    { numRuns: 200 },
  );
});
