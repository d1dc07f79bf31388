import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { message } from '../testing/frame-bytes.ts';
import { FrameWriter } from './frame-writer.ts';
import { type DataOutlet, OutgoingMessages } from './outgoing-messages.ts';

function outlet(sendWindow: number, maxDataBytes = 16_384): DataOutlet & { blocked: boolean } {
  return {
    writer: new FrameWriter(),
    sendWindow,
    maxDataBytes,
    blocked: false,
    makeRoom() {
      return !this.blocked;
    },
  };
}

/** The DATA frames that were written: payloads, and whether the last one ends the stream. */
function written({ writer }: DataOutlet): { payloads: Buffer[]; ended: boolean } {
  const bytes = Buffer.from(writer.bytes);
  const payloads: Buffer[] = [];
  let ended = false;
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    assert.equal(ended, false, 'nothing follows END_STREAM');
    assert.deepEqual([bytes[at + 3], bytes.readUInt32BE(at + 5)], [0, 7]);
    ended = bytes[at + 4] === 1;
    payloads.push(bytes.subarray(at + 9, at + 9 + length));
    at += 9 + length;
  }
  return { payloads, ended };
}

test('a unary message is one frame that ends the stream', () => {
  const outgoing = new OutgoingMessages();
  const to = outlet(1000);
  outgoing.window = 1000;
  outgoing.push(Buffer.from('hello'));
  outgoing.end();
  assert.equal(outgoing.write(7, to), 'done');
  assert.deepEqual(written(to), { payloads: [message('hello')], ended: true });
  assert.deepEqual([outgoing.bytes, outgoing.window, to.sendWindow, outgoing.endWritten], [0, 990, 990, true]);
});

test('the reason why it stops', () => {
  const outgoing = new OutgoingMessages();
  outgoing.push(Buffer.alloc(100));
  const to = outlet(50);
  assert.equal(outgoing.write(7, to), 'waits for stream');
  outgoing.window = 80;
  assert.equal(outgoing.write(7, to), 'waits for connection');
  to.sendWindow = 1000;
  to.blocked = true;
  assert.equal(outgoing.write(7, to), 'waits for connection');
  to.blocked = false;
  assert.equal(outgoing.write(7, to), 'waits for stream');
  outgoing.window = 25;
  assert.equal(outgoing.write(7, to), 'done');
  assert.deepEqual(
    written(to).payloads.map(({ length }) => length),
    [50, 30, 25],
  );
  assert.equal(outgoing.endWritten, false);
  outgoing.end();
  assert.equal(outgoing.write(7, to), 'done');
  assert.equal(written(to).ended, true);
});

test('a long message takes turns with others', () => {
  const outgoing = new OutgoingMessages();
  const to = outlet(1e9);
  outgoing.window = 1e9;
  outgoing.push(Buffer.alloc(100_000));
  assert.equal(outgoing.write(7, to), 'waits for connection');
  assert.equal(written(to).payloads.length, 4);
  assert.equal(outgoing.write(7, to), 'done');
});

test('rewind: a unary message always, others only as long as nothing of them was written', () => {
  const unary = new OutgoingMessages();
  const text = Buffer.from('again');
  unary.window = 100;
  unary.push(text);
  unary.end();
  unary.write(7, outlet(100));
  assert.equal(unary.rewind(text), true);
  const to = outlet(100);
  unary.window = 100;
  unary.write(7, to);
  assert.deepEqual(written(to), { payloads: [message('again')], ended: true });

  const streaming = new OutgoingMessages();
  streaming.push(text);
  assert.equal(streaming.rewind(undefined), true);
  streaming.window = 3;
  streaming.write(7, outlet(100));
  assert.equal(streaming.rewind(undefined), false);
});

test('all bytes go out, in order, within the windows, whatever these are', () => {
  const steps = fc.array(fc.tuple(fc.nat(400), fc.nat(400), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 150 }), steps, (messages, windows) => {
      const outgoing = new OutgoingMessages();
      const to = outlet(0, 64);
      let next = 0;
      for (const [stream, connection, sends] of windows) {
        for (let i = 0; sends && i < 5 && next < messages.length; i++)
          outgoing.push(messages[next++] ?? Buffer.alloc(0));
        outgoing.window += stream;
        to.sendWindow += connection;
        outgoing.write(7, to);
        assert.ok(outgoing.window >= 0 && to.sendWindow >= 0);
      }
      while (next < messages.length) outgoing.push(messages[next++] ?? Buffer.alloc(0));
      outgoing.end();
      outgoing.window = 1e6;
      to.sendWindow = 1e6;
      while (outgoing.write(7, to) !== 'done');
      const { payloads, ended } = written(to);
      assert.deepEqual(Buffer.concat(payloads), Buffer.concat(messages.map(message)));
      assert.equal(ended, true);
      assert.equal(outgoing.bytes, 0);
    }),
  );
});
