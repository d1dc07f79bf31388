import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { message } from '../testing/frame-bytes.ts';
import { MessageBuffers } from './message-buffers.ts';
import { MessageReader } from './message-reader.ts';

/** Reads the bytes in pieces of these sizes, out of a buffer that is overwritten each time. */
function readIn(reader: MessageReader, sizes: readonly number[], bytes: Buffer): { kept: Buffer[]; seen: Buffer[] } {
  const kept: Buffer[] = [];
  const seen: Buffer[] = [];
  const chunk = Buffer.alloc(Math.max(...sizes));
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = Math.min(sizes[i % sizes.length] ?? 1, bytes.length - from);
    bytes.copy(chunk, 0, from, from + size);
    for (let at = 0; at < size; ) {
      at = reader.read(chunk, at, size);
      if (reader.message === undefined) continue;
      kept.push(reader.message);
      seen.push(Buffer.from(reader.message));
      reader.next();
    }
    chunk.fill(0xee);
    from += size;
  }
  return { kept, seen };
}

const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 });

test('messages to keep stay as they were, however the bytes are cut', () => {
  fc.assert(
    fc.property(messages, sizes, (sent, cuts) => {
      const reader = new MessageReader(300, undefined);
      const { kept } = readIn(reader, cuts, Buffer.concat(sent.map(message)));
      assert.deepEqual(
        kept.map((bytes) => Uint8Array.from(bytes)),
        sent,
      );
      assert.equal(reader.underWay, false);
    }),
  );
});

test('messages lent are right while they are read', () => {
  const buffers = new MessageBuffers();
  fc.assert(
    fc.property(messages, sizes, (sent, cuts) => {
      const { seen } = readIn(new MessageReader(300, buffers), cuts, Buffer.concat(sent.map(message)));
      assert.deepEqual(
        seen.map((bytes) => Uint8Array.from(bytes)),
        sent,
      );
    }),
  );
});

test('a long message grows with what arrives, not with what its prefix says', () => {
  const reader = new MessageReader(1e9, undefined);
  const prefix = Buffer.from('003b9aca00', 'hex');
  reader.read(prefix, 0, 5);
  const before = process.memoryUsage().arrayBuffers;
  reader.read(Buffer.alloc(100), 0, 100);
  assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000);
  assert.equal(reader.underWay, true);
});

test('a message of several megabytes comes out whole', () => {
  const bytes = Buffer.alloc(3_000_000);
  for (let i = 0; i < bytes.length; i += 1000) bytes.writeUInt32LE(i, i);
  for (const buffers of [undefined, new MessageBuffers()]) {
    const { seen } = readIn(new MessageReader(bytes.length, buffers), [65_536], message(bytes));
    assert.ok(seen.length === 1 && seen[0]?.equals(bytes));
  }
});

test('a message past the limit is told by its prefix', () => {
  const reader = new MessageReader(10, undefined);
  assert.equal(reader.read(message('12345678901'), 0, 16), 5);
  assert.deepEqual([reader.tooLarge, reader.length], [true, 11]);
});
