import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { ConnectionFault } from './connection-fault.ts';
import { Output } from './output.ts';

/** A socket that keeps what the kernel does not take. */
class FakeSocket extends EventEmitter {
  readonly writes: Buffer[] = [];
  writable = true;
  writableLength = 0;
  /** How much the kernel still takes. */
  room = Number.POSITIVE_INFINITY;

  write(bytes: Buffer): boolean {
    this.writes.push(Buffer.from(bytes));
    const taken = Math.min(this.room, bytes.length);
    this.room -= taken;
    this.writableLength += bytes.length - taken;
    return this.writableLength === 0;
  }

  drain(): void {
    this.writableLength = 0;
    this.room = Number.POSITIVE_INFINITY;
    this.emit('drain');
  }
}

function setUp() {
  const socket = new FakeSocket();
  let drains = 0;
  const output = new Output(socket as unknown as Socket, () => {
    drains += 1;
  });
  return { socket, output, drains: () => drains };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ping = Buffer.alloc(8);

test('the frames of a tick go with one write', async () => {
  const { socket, output } = setUp();
  for (let i = 0; i < 100; i++) {
    output.writer.ping(false, ping, 0);
    output.schedule();
  }
  assert.equal(socket.writes.length, 0);
  await tick();
  assert.deepEqual(
    socket.writes.map(({ length }) => length),
    [1700],
  );
  await tick();
  assert.equal(socket.writes.length, 1);
});

test('bytes that the socket still holds are not written over', async () => {
  const { socket, output } = setUp();
  const held: Buffer[] = [];
  socket.write = (bytes) => {
    held.push(bytes);
    socket.writableLength = held.length < 3 ? 1 : 0;
    return true;
  };
  for (let i = 1; i <= 3; i++) {
    output.writer.ping(false, Buffer.alloc(8, i), 0);
    output.flush();
  }
  assert.deepEqual(
    held.map((bytes) => bytes[16]),
    [1, 2, 3],
  );
});

test('a socket with much in its queue is blocked until it drains', () => {
  const { socket, output, drains } = setUp();
  socket.room = 1000;
  output.writer.messagePart(1, false, Buffer.alloc(200_000), 0, 200_005);
  output.flush();
  assert.deepEqual([output.isBlocked, output.makeRoom()], [false, true]);
  output.writer.messagePart(1, false, Buffer.alloc(200_000), 0, 200_005);
  // More than enough for one write: it goes out before the tick's end.
  assert.equal(output.makeRoom(), false);
  assert.deepEqual([socket.writes.length, output.isBlocked, drains()], [2, true, 0]);
  socket.drain();
  assert.deepEqual([output.isBlocked, output.makeRoom(), drains()], [false, true, 1]);
});

test('senders that wait take turns, while the window lasts', () => {
  const { output } = setUp();
  const turns: string[] = [];
  const sender = (name: string, count: number) => {
    let left = count;
    const self = {
      onWritable(): void {
        turns.push(name);
        output.sendWindow -= 10_000;
        output.writer.ping(false, ping, 0);
        left -= 1;
        if (left > 0) output.wait(self);
      },
    };
    output.wait(self);
    return self;
  };
  sender('a', 3);
  sender('b', 2);
  output.forget(sender('gone', 1));
  output.flush();
  assert.equal(turns.join(''), 'ababa');
  turns.length = 0;
  sender('c', 9);
  output.flush();
  assert.equal(turns.join(''), 'cc', '65,535 bytes are used up');
});

test('an answer too many for a server that does not read', () => {
  const { socket, output } = setUp();
  socket.writableLength = 4 * 1024 * 1024;
  output.writer.settingsAck();
  assert.throws(() => output.countAnswer(), ConnectionFault);
});

test('a window past the largest is a fault', () => {
  const { output } = setUp();
  output.addToWindow(0x7fffffff - 65_535);
  assert.throws(() => output.addToWindow(1), { message: 'window too large' });
});
