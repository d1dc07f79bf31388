import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '../../status/code.ts';
import { createUpstream } from '../create-upstream.ts';
import { type FakePeer, type FakeServer, startFakeServer } from '../testing/fake-server.ts';
import { answer, data, frameBytes, headers, message, settings, trailers, uint32 } from '../testing/frame-bytes.ts';
import { recordCall } from '../testing/record-call.ts';
import { settled, until } from '../testing/run-cases.ts';
import type { Upstream } from '../upstream.ts';
import type { UpstreamEvent, UpstreamOptions } from '../upstream-options.ts';
import { FrameType } from './frames.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import type { HeaderField } from './hpack/static-table.ts';

const { DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE } = FrameType;

interface Setting {
  readonly upstream: Upstream;
  readonly server: FakeServer;
  readonly events: readonly UpstreamEvent[];
}

/** A server that is told what to do, connection by connection. */
function wireTest(
  name: string,
  serve: (peer: FakePeer, index: number) => unknown,
  run: (setting: Setting) => Promise<void>,
  options: Partial<UpstreamOptions> = {},
): void {
  test(name, { timeout: 60_000 }, async () => {
    const events: UpstreamEvent[] = [];
    const server = await startFakeServer(serve);
    const upstream = createUpstream(`127.0.0.1:${server.port}`, {
      transport: 'h2',
      onEvent: (event) => events.push(event),
      ...options,
    });
    try {
      await run({ upstream, server, events });
    } finally {
      await upstream.close(0);
      server.stop();
    }
  });
}

const call = (upstream: Upstream, text = 'request') =>
  recordCall(upstream, { path: '/fake', message: Buffer.from(text) });

/** Answers every request, and reports none. */
async function answerAll(peer: FakePeer): Promise<void> {
  peer.send(settings());
  for (;;) peer.send(answer((await peer.next(HEADERS)).streamId));
}

const dataSizes = (peer: FakePeer | undefined): number[] =>
  (peer?.frames ?? []).filter(({ type }) => type === DATA).map(({ payload }) => payload.length);

wireTest('what a connection says first, and how a call looks', answerAll, async ({ upstream, server }) => {
  assert.equal((await call(upstream).status).code, Code.OK);
  const frames = server.peers[0]?.frames ?? [];
  assert.deepEqual(
    frames.map(({ type, flags, streamId }) => [type, flags, streamId]),
    [
      [SETTINGS, 0, 0],
      [WINDOW_UPDATE, 0, 0],
      [SETTINGS, 1, 0],
      [HEADERS, 4, 1],
      [DATA, 1, 1],
    ],
  );
  // ENABLE_PUSH 0, INITIAL_WINDOW_SIZE 256 KiB, MAX_HEADER_LIST_SIZE 64 KiB
  assert.equal(frames[0]?.payload.toString('hex'), '000200000000' + '000400040000' + '000600010000');
  assert.equal(frames[4]?.payload.toString(), '\0\0\0\0\x07request');
});

wireTest('after some calls a request of a known method takes a few bytes', answerAll, async ({ upstream, server }) => {
  for (let i = 0; i < 4; i++) await call(upstream).status;
  const sizes = server.peers[0]?.frames.filter(({ type }) => type === HEADERS).map(({ payload }) => payload.length);
  assert.equal(sizes?.at(-1), 9);
});

wireTest(
  'the send windows of stream and connection hold, also when SETTINGS take them below zero',
  async (peer) => {
    peer.send(settings([4, 10]));
    await peer.next(HEADERS);
    await until(() => dataSizes(peer).length === 1);
    // 10 are out; a window of 4 is now 6 below zero.
    peer.send(settings([4, 4]), frameBytes(8, 0, 1, uint32(6)));
    await settled(() => peer.received);
    assert.deepEqual(dataSizes(peer), [10]);
    peer.send(frameBytes(8, 0, 1, uint32(3)));
    await until(() => dataSizes(peer).length === 2);
    peer.send(settings([4, 100_000]));
    await until(() => dataSizes(peer).reduce((sum, size) => sum + size, 0) === 65_535);
    // Now it is the connection's window that is used up.
    await settled(() => peer.received);
    peer.send(frameBytes(8, 0, 0, uint32(100_000)));
    await until(() => peer.frames.some(({ type, flags }) => type === DATA && flags === 1));
    peer.send(answer(1));
  },
  async ({ upstream, server }) => {
    const text = 'x'.repeat(80_000);
    assert.equal((await call(upstream, text).status).code, Code.OK);
    const sizes = dataSizes(server.peers[0]);
    assert.deepEqual(sizes.slice(0, 2), [10, 3]);
    const sent = Buffer.concat(
      (server.peers[0]?.frames ?? []).filter(({ type }) => type === DATA).map(({ payload }) => payload),
    );
    assert.deepEqual(sent, message(text));
    assert.ok(sizes.every((size) => size <= 16_384));
  },
);

wireTest(
  'frames are as large as the server allows, and no larger',
  async (peer) => {
    peer.send(settings([5, 20_000], [4, 1_000_000]), frameBytes(8, 0, 0, uint32(1_000_000)));
    await peer.next(HEADERS);
    await until(() => peer.frames.some(({ type, flags }) => type === DATA && flags === 1));
    peer.send(answer(1));
  },
  async ({ upstream, server }) => {
    assert.equal((await call(upstream, 'x'.repeat(49_995)).status).code, Code.OK);
    assert.deepEqual(dataSizes(server.peers[0]), [20_000, 20_000, 10_000]);
  },
);

wireTest(
  'headers past a frame go on in CONTINUATION',
  async (peer) => {
    peer.send(settings());
    const first = await peer.next(HEADERS);
    const second = await peer.next(FrameType.CONTINUATION);
    assert.deepEqual([first.flags, first.payload.length, second.flags], [0, 16_384, 4]);
    const fields: HeaderField[] = [];
    const block = Buffer.concat([first.payload, second.payload]);
    new HpackDecoder().decode(block, 0, block.length, { onField: (field) => fields.push(field) });
    assert.deepEqual(fields.at(-1), ['x-long', 'y'.repeat(20_000)]);
    peer.send(answer(1));
  },
  async ({ upstream }) => {
    const long = recordCall(upstream, {
      path: '/fake',
      message: Buffer.from('m'),
      metadata: [['x-long', 'y'.repeat(20_000)]],
    });
    assert.equal((await long.status).code, Code.OK);
  },
);

wireTest(
  'a header table of no size is respected',
  async (peer) => {
    peer.send(settings([1, 0]));
    const decoder = new HpackDecoder(0);
    for (;;) {
      const { streamId, payload } = await peer.next(HEADERS);
      decoder.decode(payload, 0, payload.length, { onField: () => undefined });
      peer.send(answer(streamId));
    }
  },
  async ({ upstream }) => {
    for (let i = 0; i < 4; i++) assert.equal((await call(upstream).status).code, Code.OK);
  },
);

wireTest(
  'receive windows are widened half by half while the call reads, and not while it is paused',
  async (peer) => {
    peer.send(settings());
    await peer.next(HEADERS);
    const chunk = message(Buffer.alloc(16_000));
    peer.send(headers(1), ...new Array<Buffer>(10).fill(data(1, chunk)));
    await peer.next(PING);
  },
  async ({ upstream, server }) => {
    const recorded = call(upstream);
    const peer = () => server.peers[0];
    const updates = (streamId: number) =>
      (peer()?.frames ?? []).filter((frame) => frame.type === WINDOW_UPDATE && frame.streamId === streamId);
    await recorded.received(10);
    await until(() => updates(1).length === 1);
    assert.equal(updates(1)[0]?.payload.readUInt32BE(), 9 * 16_005);
    recorded.call.pause();
    peer()?.send(...new Array<Buffer>(10).fill(data(1, message(Buffer.alloc(16_000)))));
    await settled(() => peer()?.received ?? 0);
    assert.equal(updates(1).length, 1);
    assert.equal(recorded.messages.length, 10);
    recorded.call.resume();
    await until(() => updates(1).length === 2);
    assert.equal(recorded.messages.length, 20);
    assert.equal(updates(0).length, 1, 'only the one that opens the connection');
  },
);

wireTest(
  'PING is answered with its payload',
  async (peer) => {
    peer.send(settings(), frameBytes(6, 0, 0, Buffer.from('payload!')));
    const { flags, payload } = await peer.next(PING);
    assert.deepEqual([flags, payload.toString()], [1, 'payload!']);
    await answerAll(peer);
  },
  async ({ upstream }) => {
    assert.equal((await call(upstream).status).code, Code.OK);
  },
);

wireTest(
  'a server that falls silent is found out, its calls end',
  async (peer) => {
    peer.send(settings());
    await peer.next(PING);
  },
  async ({ upstream, events }) => {
    const status = await call(upstream).status;
    assert.equal(status.code, Code.UNAVAILABLE);
    assert.equal(events.at(-1)?.reason, 'no answer to a keepalive PING');
  },
  { keepaliveMs: 60, keepaliveTimeoutMs: 60 },
);

wireTest(
  'a server that answers PING may take its time',
  async (peer) => {
    peer.send(settings());
    const { streamId } = await peer.next(HEADERS);
    for (let i = 0; i < 2; i++) peer.send(frameBytes(6, 1, 0, (await peer.next(PING)).payload));
    peer.send(answer(streamId));
  },
  async ({ upstream }) => {
    assert.equal((await call(upstream).status).code, Code.OK);
  },
  { keepaliveMs: 60, keepaliveTimeoutMs: 400 },
);

wireTest(
  'past MAX_CONCURRENT_STREAMS calls go to further connections, and wait when there are enough',
  async (peer) => {
    peer.send(settings([3, 1]));
    // The first call of each connection stays until a PING is answered.
    const { streamId } = await peer.next(HEADERS);
    await peer.next(PING);
    peer.send(answer(streamId));
    for (;;) peer.send(answer((await peer.next(HEADERS)).streamId));
  },
  async ({ upstream, server }) => {
    const calls = Array.from({ length: 20 }, () => call(upstream));
    await until(() => server.peers.filter(({ frames }) => frames.some(({ type }) => type === HEADERS)).length === 8);
    await settled(() => server.peers.length);
    assert.equal(server.peers.length, 8);
    for (const peer of server.peers) {
      assert.equal(peer.frames.filter(({ type }) => type === HEADERS).length, 1);
      // The test's own sign to go on.
      peer.send(frameBytes(6, 0, 0, Buffer.alloc(8)));
    }
    for (const { status } of calls) assert.equal((await status).code, Code.OK);
  },
);

wireTest(
  'a call that waits for a stream can be cancelled, and meets its deadline',
  async (peer) => {
    peer.send(settings([3, 0]));
  },
  async ({ upstream, server }) => {
    const cancelled = call(upstream);
    const late = recordCall(upstream, { path: '/fake', message: Buffer.from('m'), timeoutMs: 300 });
    await until(() => server.peers.length > 0);
    cancelled.call.cancel();
    assert.equal((await cancelled.status).code, Code.CANCELLED);
    assert.equal((await late.status).code, Code.DEADLINE_EXCEEDED);
    assert.ok(server.peers.every(({ frames }) => frames.every(({ type }) => type !== HEADERS)));
  },
);

wireTest(
  'a limit that is raised lets waiting calls go',
  async (peer) => {
    peer.send(settings([3, 0]));
    await settled(() => peer.received);
    peer.send(settings([3, 5]));
    for (;;) peer.send(answer((await peer.next(HEADERS)).streamId));
  },
  async ({ upstream }) => {
    for (const { status } of [call(upstream), call(upstream)]) assert.equal((await status).code, Code.OK);
  },
);

wireTest(
  'GOAWAY: calls that were not looked at go elsewhere, the others finish, and the connection closes',
  async (peer, index) => {
    if (index > 0) return answerAll(peer);
    peer.send(settings());
    await peer.next(HEADERS);
    await peer.next(HEADERS);
    peer.send(frameBytes(7, 0, 0, Buffer.concat([uint32(1), uint32(0), Buffer.from('moving on')])));
    await settled(() => peer.received);
    peer.send(answer(1));
    return undefined;
  },
  async ({ upstream, server, events }) => {
    const [first, second] = [call(upstream), call(upstream)];
    assert.equal((await second.status).code, Code.OK);
    assert.equal((await first.status).code, Code.OK);
    await server.peers[0]?.closed;
    assert.equal(server.peers.length, 2);
    assert.ok(events.some(({ reason }) => reason === 'GOAWAY (HTTP/2 code 0) moving on'));
  },
  { waitForReady: true },
);

wireTest(
  'GOAWAY: a stream of messages that has begun cannot go elsewhere',
  async (peer) => {
    peer.send(settings());
    await peer.next(DATA);
    peer.send(frameBytes(7, 0, 0, Buffer.concat([uint32(0), uint32(0)])));
  },
  async ({ upstream }) => {
    const { call: streaming, status } = recordCall(upstream, { path: '/fake' });
    streaming.send(Buffer.from('gone'));
    assert.equal((await status).code, Code.UNAVAILABLE);
  },
);

wireTest(
  'a server that is done before the request is: the rest is not sent',
  async (peer) => {
    peer.send(settings());
    await peer.next(HEADERS);
    peer.send(headers(1), trailers(1, [['grpc-status', '9']]));
    await answerAll(peer);
  },
  async ({ upstream, server }) => {
    const { call: streaming, status } = recordCall(upstream, { path: '/fake' });
    assert.equal((await status).code, Code.FAILED_PRECONDITION);
    streaming.send(Buffer.from('late'));
    const reset = await server.peers[0]?.next(RST_STREAM);
    assert.equal(reset?.payload.readUInt32BE(), 8);
    assert.equal((await call(upstream).status).code, Code.OK);
  },
);

wireTest(
  'what comes for a cancelled call is dropped, headers still count for the table',
  async (peer) => {
    peer.send(settings());
    await peer.next(HEADERS);
    await peer.next(RST_STREAM);
    const indexed = Buffer.concat([Buffer.from('4003782d610162', 'hex')]);
    peer.send(headers(1), data(1, message('late')), frameBytes(1, 5, 1, indexed), frameBytes(3, 0, 1, uint32(0)));
    const { streamId } = await peer.next(HEADERS);
    peer.send(
      headers(streamId),
      frameBytes(
        1,
        5,
        streamId,
        Buffer.concat([Buffer.from('be', 'hex'), Buffer.from('000b677270632d7374617475730130', 'hex')]),
      ),
    );
  },
  async ({ upstream, server }) => {
    const cancelled = call(upstream);
    await until(() => server.peers[0]?.frames.some(({ type }) => type === HEADERS) === true);
    cancelled.call.cancel();
    await cancelled.status;
    const status = await call(upstream).status;
    assert.equal(status.code, Code.OK);
    assert.deepEqual(status.trailers, [['x-a', 'b']]);
  },
);

wireTest('closing tells the server', answerAll, async ({ upstream, server }) => {
  await call(upstream).status;
  await upstream.close(1000);
  assert.equal((await server.peers[0]?.next(GOAWAY))?.payload.toString('hex'), '0000000000000000');
  await server.peers[0]?.closed;
});
