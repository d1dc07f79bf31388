import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Code } from '../../status/code.ts';
import { createUpstream } from '../create-upstream.ts';
import { type FakePeer, startFakeServer } from '../testing/fake-server.ts';
import {
  answer,
  answerFields,
  data,
  frameBytes,
  headers,
  hex,
  literals,
  message,
  settings,
  trailers,
  uint32,
} from '../testing/frame-bytes.ts';
import { recordCall } from '../testing/record-call.ts';
import type { CallStatus, Upstream } from '../upstream.ts';
import { ErrorCode, FrameType } from './frames.ts';

const unary = (upstream: Upstream, timeoutMs = 20_000): Promise<CallStatus> =>
  recordCall(upstream, { path: '/fake', message: Buffer.from('request'), timeoutMs }).status;

/** A server whose first connection does what it is told, and whose later ones answer well. */
async function withServer(
  first: (peer: FakePeer) => unknown,
  run: (upstream: Upstream, peers: readonly FakePeer[]) => Promise<void>,
): Promise<void> {
  const server = await startFakeServer(async (peer, index) => {
    if (index === 0) {
      await first(peer);
      return;
    }
    peer.send(settings());
    for (;;) peer.send(answer((await peer.next(FrameType.HEADERS)).streamId));
  });
  const upstream = createUpstream(`127.0.0.1:${server.port}`, { transport: 'h2', waitForReady: true });
  try {
    await run(upstream, server.peers);
  } finally {
    await upstream.close(0);
    server.stop();
  }
}

interface Fault {
  readonly name: string;
  /** What follows the request on stream 1. */
  readonly bytes: Buffer;
  readonly http2Code: number;
}

const repeat = (bytes: Buffer, count: number): Buffer => Buffer.concat(new Array<Buffer>(count).fill(bytes));
const { PROTOCOL_ERROR, FRAME_SIZE_ERROR, FLOW_CONTROL_ERROR, COMPRESSION_ERROR, ENHANCE_YOUR_CALM } = ErrorCode;

const faults: readonly Fault[] = [
  { name: 'a frame past the size', bytes: hex('004001 00 00 00000001'), http2Code: FRAME_SIZE_ERROR },
  { name: 'DATA on stream 0', bytes: data(0, message('x')), http2Code: PROTOCOL_ERROR },
  { name: 'DATA on an idle stream', bytes: data(3, message('x')), http2Code: PROTOCOL_ERROR },
  { name: 'DATA on an even stream', bytes: data(2, message('x')), http2Code: PROTOCOL_ERROR },
  { name: 'DATA with too much padding', bytes: frameBytes(0, 8, 1, hex('05 00000000')), http2Code: PROTOCOL_ERROR },
  { name: 'padded DATA of no length', bytes: frameBytes(0, 8, 1), http2Code: FRAME_SIZE_ERROR },
  { name: 'HEADERS on stream 0', bytes: headers(0), http2Code: PROTOCOL_ERROR },
  { name: 'HEADERS on an idle stream', bytes: headers(5), http2Code: PROTOCOL_ERROR },
  {
    name: 'HEADERS with too much padding',
    bytes: frameBytes(1, 12, 1, hex('06 88 00000000')),
    http2Code: PROTOCOL_ERROR,
  },
  { name: 'padded HEADERS of no length', bytes: frameBytes(1, 12, 1), http2Code: FRAME_SIZE_ERROR },
  { name: 'HEADERS too short for its priority', bytes: frameBytes(1, 0x24, 1, hex('88')), http2Code: PROTOCOL_ERROR },
  { name: 'PRIORITY of a wrong length', bytes: frameBytes(2, 0, 1, hex('00')), http2Code: FRAME_SIZE_ERROR },
  { name: 'RST_STREAM of a wrong length', bytes: frameBytes(3, 0, 1, hex('00')), http2Code: FRAME_SIZE_ERROR },
  { name: 'RST_STREAM on stream 0', bytes: frameBytes(3, 0, 0, uint32(8)), http2Code: PROTOCOL_ERROR },
  { name: 'RST_STREAM on an idle stream', bytes: frameBytes(3, 0, 7, uint32(8)), http2Code: PROTOCOL_ERROR },
  { name: 'SETTINGS of a wrong length', bytes: frameBytes(4, 0, 0, hex('0001')), http2Code: FRAME_SIZE_ERROR },
  { name: 'SETTINGS on a stream', bytes: frameBytes(4, 0, 1), http2Code: PROTOCOL_ERROR },
  { name: 'an answer to SETTINGS with a payload', bytes: frameBytes(4, 1, 0, hex('00')), http2Code: FRAME_SIZE_ERROR },
  { name: 'SETTINGS that turn push on', bytes: settings([2, 1]), http2Code: PROTOCOL_ERROR },
  { name: 'SETTINGS with a window too large', bytes: settings([4, 0x80000000]), http2Code: FLOW_CONTROL_ERROR },
  { name: 'SETTINGS with frames too small', bytes: settings([5, 16_383]), http2Code: PROTOCOL_ERROR },
  { name: 'SETTINGS with frames too large', bytes: settings([5, 0x1000000]), http2Code: PROTOCOL_ERROR },
  { name: 'PUSH_PROMISE', bytes: frameBytes(5, 4, 1, hex('00000002 88')), http2Code: PROTOCOL_ERROR },
  { name: 'PING of a wrong length', bytes: frameBytes(6, 0, 0, hex('00')), http2Code: FRAME_SIZE_ERROR },
  { name: 'PING on a stream', bytes: frameBytes(6, 0, 1, Buffer.alloc(8)), http2Code: PROTOCOL_ERROR },
  { name: 'GOAWAY of a wrong length', bytes: frameBytes(7, 0, 0, uint32(0)), http2Code: FRAME_SIZE_ERROR },
  { name: 'GOAWAY on a stream', bytes: frameBytes(7, 0, 1, Buffer.alloc(8)), http2Code: PROTOCOL_ERROR },
  { name: 'WINDOW_UPDATE of a wrong length', bytes: frameBytes(8, 0, 0, hex('00')), http2Code: FRAME_SIZE_ERROR },
  { name: 'WINDOW_UPDATE of nothing', bytes: frameBytes(8, 0, 1, uint32(0)), http2Code: PROTOCOL_ERROR },
  {
    name: 'WINDOW_UPDATE past the largest window',
    bytes: frameBytes(8, 0, 0, uint32(0x7fffffff)),
    http2Code: FLOW_CONTROL_ERROR,
  },
  {
    name: 'WINDOW_UPDATE past the largest window of a stream',
    bytes: frameBytes(8, 0, 1, uint32(0x7fffffff)),
    http2Code: FLOW_CONTROL_ERROR,
  },
  {
    name: 'SETTINGS that push a window past the largest',
    bytes: Buffer.concat([frameBytes(8, 0, 1, uint32(0x7fff0000)), settings([4, 0x7fffffff])]),
    http2Code: FLOW_CONTROL_ERROR,
  },
  { name: 'CONTINUATION out of nowhere', bytes: frameBytes(9, 4, 1, hex('88')), http2Code: PROTOCOL_ERROR },
  {
    name: 'CONTINUATION of another stream',
    bytes: Buffer.concat([frameBytes(1, 0, 1, hex('88')), frameBytes(9, 4, 3, hex('88'))]),
    http2Code: PROTOCOL_ERROR,
  },
  {
    name: 'a frame inside a header block',
    bytes: Buffer.concat([frameBytes(1, 0, 1, hex('88')), settings()]),
    http2Code: PROTOCOL_ERROR,
  },
  {
    name: 'DATA inside a header block',
    bytes: Buffer.concat([frameBytes(1, 0, 1, hex('88')), data(1, message('x'))]),
    http2Code: PROTOCOL_ERROR,
  },
  {
    name: 'endless CONTINUATION of nothing',
    bytes: Buffer.concat([frameBytes(1, 0, 1, hex('88')), repeat(frameBytes(9, 0, 1), 1000)]),
    http2Code: ENHANCE_YOUR_CALM,
  },
  {
    name: 'endless CONTINUATION of much',
    bytes: Buffer.concat([frameBytes(1, 0, 1, hex('88')), repeat(frameBytes(9, 0, 1, Buffer.alloc(16_384, 0x88)), 5)]),
    http2Code: ENHANCE_YOUR_CALM,
  },
  {
    name: 'a header block that cannot be decoded',
    bytes: frameBytes(1, 4, 1, hex('ff ff ff ff ff ff')),
    http2Code: COMPRESSION_ERROR,
  },
  {
    name: 'a header with a line break',
    bytes: headers(1, [...answerFields, ['a', 'b\r\nc: d']]),
    http2Code: PROTOCOL_ERROR,
  },
  { name: 'a flood of PING', bytes: repeat(frameBytes(6, 0, 0, Buffer.alloc(8)), 3000), http2Code: ENHANCE_YOUR_CALM },
  { name: 'a flood of SETTINGS', bytes: repeat(settings([4, 1000], [4, 2000]), 3000), http2Code: ENHANCE_YOUR_CALM },
  { name: 'a flood of empty DATA', bytes: repeat(data(1, Buffer.alloc(0)), 3000), http2Code: ENHANCE_YOUR_CALM },
  {
    name: 'a flood of informational headers',
    bytes: repeat(headers(1, [[':status', '103']]), 3000),
    http2Code: ENHANCE_YOUR_CALM,
  },
  {
    name: 'a flood of PRIORITY',
    bytes: repeat(frameBytes(2, 0, 1, Buffer.alloc(5)), 3000),
    http2Code: ENHANCE_YOUR_CALM,
  },
  { name: 'a flood of unknown frames', bytes: repeat(frameBytes(0xfa, 0, 0), 3000), http2Code: ENHANCE_YOUR_CALM },
];

describe('a server that breaks HTTP/2 loses its connection, and that only', { concurrency: 16 }, () => {
  for (const { name, bytes, http2Code } of faults) {
    test(name, async () => {
      let goAway: number | undefined;
      const faulty = async (peer: FakePeer) => {
        peer.send(settings());
        await peer.next(FrameType.HEADERS);
        peer.send(bytes);
        goAway = (await peer.next(FrameType.GOAWAY)).payload.readUInt32BE(4);
      };
      await withServer(faulty, async (upstream, peers) => {
        const status = await unary(upstream);
        assert.equal(status.code, Code.UNAVAILABLE, status.message);
        assert.match(status.message, /^lost the connection to upstream 127\.0\.0\.1:\d+$/);
        await peers[0]?.closed;
        assert.equal(goAway, http2Code);
        assert.equal((await unary(upstream)).code, Code.OK);
      });
    });
  }
});

describe('what is no HTTP/2 server is none', () => {
  const greetings: readonly (readonly [name: string, bytes: Buffer])[] = [
    ['HTTP/1.1', Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')],
    ['an answer before SETTINGS', Buffer.concat([frameBytes(6, 0, 0, Buffer.alloc(8)), settings()])],
    ['noise', Buffer.alloc(200, 7)],
  ];
  for (const [name, bytes] of greetings) {
    test(name, async () => {
      const server = await startFakeServer((peer) => peer.send(bytes));
      const upstream = createUpstream(`127.0.0.1:${server.port}`, { transport: 'h2' });
      const status = await unary(upstream);
      assert.equal(status.code, Code.UNAVAILABLE);
      assert.equal(status.message, `upstream 127.0.0.1:${server.port} is unavailable`);
      await upstream.close(0);
      server.stop();
    });
  }
});

interface BadAnswer {
  readonly name: string;
  readonly bytes: Buffer;
  readonly code: number;
}

/** 4,088 bytes of the table: a literal to be indexed, with a value of 4,056 bytes. */
const bigEntry = `40 0161 7f d9 1e ${'62'.repeat(4056)}`;

const badAnswers: readonly BadAnswer[] = [
  { name: ':status twice', bytes: headers(1, [[':status', '200'], ...answerFields]), code: Code.INTERNAL },
  {
    name: ':status after other headers',
    bytes: headers(1, [
      ['content-type', 'application/grpc'],
      [':status', '200'],
    ]),
    code: Code.INTERNAL,
  },
  { name: 'no :status', bytes: headers(1, [['content-type', 'application/grpc']]), code: Code.INTERNAL },
  { name: 'a :status of letters', bytes: headers(1, [[':status', 'fine']]), code: Code.INTERNAL },
  { name: 'a header of requests', bytes: headers(1, [...answerFields, [':path', '/']]), code: Code.INTERNAL },
  { name: 'trailers that do not end the stream', bytes: Buffer.concat([headers(1), headers(1)]), code: Code.INTERNAL },
  {
    name: ':status in trailers',
    bytes: Buffer.concat([
      headers(1),
      trailers(1, [
        [':status', '200'],
        ['grpc-status', '0'],
      ]),
    ]),
    code: Code.INTERNAL,
  },
  { name: 'messages before headers', bytes: data(1, message('x')), code: Code.INTERNAL },
  { name: 'the end before headers', bytes: data(1, Buffer.alloc(0), 1), code: Code.INTERNAL },
  { name: 'no content type', bytes: headers(1, [[':status', '200']]), code: Code.UNKNOWN },
  {
    name: 'another content type',
    bytes: headers(1, [
      [':status', '200'],
      ['content-type', 'text/html'],
    ]),
    code: Code.UNKNOWN,
  },
  {
    name: 'trailers without a status',
    bytes: Buffer.concat([headers(1), trailers(1, [['x', 'y']])]),
    code: Code.UNKNOWN,
  },
  {
    name: 'the end inside a message',
    bytes: Buffer.concat([headers(1), data(1, hex('00000000ff00')), trailers(1)]),
    code: Code.INTERNAL,
  },
  {
    name: 'the end inside a prefix',
    bytes: Buffer.concat([headers(1), data(1, hex('0000')), trailers(1)]),
    code: Code.INTERNAL,
  },
  {
    name: 'a message of four gigabytes',
    bytes: Buffer.concat([headers(1), data(1, hex('00ffffffff'))]),
    code: Code.RESOURCE_EXHAUSTED,
  },
  {
    name: 'compressed without saying how',
    bytes: Buffer.concat([headers(1), data(1, hex('0100000001 00'))]),
    code: Code.INTERNAL,
  },
  {
    name: 'a header bomb: one large entry, a thousand times',
    bytes: frameBytes(1, 4, 1, Buffer.concat([hex(`88 ${bigEntry}`), Buffer.alloc(1000, 0xbe)])),
    code: Code.RESOURCE_EXHAUSTED,
  },
];

describe('a server that breaks gRPC loses the call, not the connection', () => {
  for (const { name, bytes, code } of badAnswers) {
    test(name, async () => {
      const faulty = async (peer: FakePeer) => {
        peer.send(settings());
        await peer.next(FrameType.HEADERS);
        peer.send(bytes);
        await peer.next(FrameType.HEADERS);
        peer.send(answer(3));
      };
      await withServer(faulty, async (upstream, peers) => {
        const status = await unary(upstream);
        assert.equal(status.code, code, status.message);
        assert.equal((await unary(upstream)).code, Code.OK);
        assert.equal(peers.length, 1);
      });
    });
  }
});

test('metadata that no HTTP header could carry is dropped', async () => {
  const server = async (peer: FakePeer) => {
    peer.send(settings());
    await peer.next(FrameType.HEADERS);
    const fields = [
      ['a', 'bell \u0007'],
      ['b', 'delete \u007f'],
      ['c', 'tab\t caf\u00e9'],
      ['d-bin', 'A\u0001'],
    ] as const;
    peer.send(headers(1, [...answerFields, ...fields]), trailers(1));
  };
  await withServer(server, async (upstream) => {
    const call = recordCall(upstream, { path: '/fake', message: Buffer.from('m') });
    assert.equal((await call.status).code, Code.OK);
    assert.deepEqual(call.headers, [['c', 'tab\t caf\u00e9']]);
  });
});

test('resets without end: every call fails, the connection stays', async () => {
  const resetting = async (peer: FakePeer) => {
    peer.send(settings());
    for (;;) peer.send(frameBytes(3, 0, (await peer.next(FrameType.HEADERS)).streamId, uint32(8)));
  };
  await withServer(resetting, async (upstream, peers) => {
    for (let i = 0; i < 300; i++) assert.equal((await unary(upstream)).code, Code.CANCELLED);
    assert.equal(peers.length, 1);
  });
});

test('streams refused without end: a call is tried a few times only', async () => {
  let requests = 0;
  const refusing = async (peer: FakePeer) => {
    peer.send(settings());
    for (;;) {
      const { streamId } = await peer.next(FrameType.HEADERS);
      requests += 1;
      peer.send(frameBytes(3, 0, streamId, uint32(7)));
    }
  };
  await withServer(refusing, async (upstream) => {
    assert.equal((await unary(upstream)).code, Code.UNAVAILABLE);
    assert.equal(requests, 4);
  });
});

test('a server that ignores the window of a paused call', async () => {
  let goAway: number | undefined;
  const flooding = async (peer: FakePeer) => {
    peer.send(settings());
    await peer.next(FrameType.HEADERS);
    peer.send(headers(1), repeat(data(1, Buffer.alloc(16_000)), 30));
    goAway = (await peer.next(FrameType.GOAWAY)).payload.readUInt32BE(4);
  };
  await withServer(flooding, async (upstream, peers) => {
    const { call, status } = recordCall(upstream, { path: '/fake', message: Buffer.from('m') });
    call.pause();
    assert.equal((await status).code, Code.UNAVAILABLE);
    await peers[0]?.closed;
    assert.equal(goAway, FLOW_CONTROL_ERROR);
  });
});

test('a server that asks for answers and never reads them', async () => {
  const deaf = async (peer: FakePeer) => {
    peer.send(settings());
    await peer.next(FrameType.HEADERS);
    peer.stopReading();
    // Bytes of an answer between the PINGs, so that they are no flood.
    const pings = Buffer.concat([headers(1), ...new Array<Buffer>(500).fill(frameBytes(6, 0, 0, Buffer.alloc(8)))]);
    peer.send(pings);
    while (!peer.isClosed) {
      peer.send(data(1, message('')), pings.subarray(headers(1).length));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await withServer(deaf, async (upstream) => {
    assert.equal((await unary(upstream)).code, Code.UNAVAILABLE);
  });
});

test('headers, metadata and messages come through however the bytes are cut', async () => {
  const bytewise = async (peer: FakePeer) => {
    peer.send(settings());
    await peer.next(FrameType.HEADERS);
    const block = literals([...answerFields, ['x-a', 'b']]);
    const bytes = Buffer.concat([
      frameBytes(1, 0x28, 1, Buffer.concat([hex('02 00000000 10'), block.subarray(0, 9), hex('0000')])),
      frameBytes(9, 0, 1, block.subarray(9, 20)),
      frameBytes(9, 4, 1, block.subarray(20)),
      frameBytes(0, 8, 1, Buffer.concat([hex('03'), message('first').subarray(0, 3), hex('000000')])),
      data(1, message('first').subarray(3)),
      frameBytes(0, 8, 1, Buffer.concat([hex('00'), message('second')])),
      frameBytes(0xfa, 0xff, 1, Buffer.from('unknown')),
      data(1, message('')),
      trailers(1, [
        ['grpc-status', '0'],
        ['x-c', 'd'],
      ]),
    ]);
    for (const byte of bytes) {
      peer.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await withServer(bytewise, async (upstream) => {
    const call = recordCall(upstream, { path: '/fake', message: Buffer.from('m') });
    const status = await call.status;
    assert.equal(status.code, Code.OK, status.message);
    assert.deepEqual(status.trailers, [['x-c', 'd']]);
    assert.deepEqual(call.headers, [['x-a', 'b']]);
    assert.deepEqual(
      call.messages.map((bytes) => Buffer.from(bytes).toString()),
      ['first', 'second', ''],
    );
  });
});
