import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageBuffers } from './message-buffers.ts';

test('a buffer is used again for what fits into it', () => {
  const buffers = new MessageBuffers();
  const first = buffers.acquire(100_000);
  assert.equal(first.length, 131_072);
  buffers.release(first);
  assert.notEqual(buffers.acquire(131_073), first);
  assert.equal(buffers.acquire(70_000), first);
  assert.notEqual(buffers.acquire(70_000), first);
});

test('no more is kept than eight megabytes, and nothing of an odd size', () => {
  const buffers = new MessageBuffers();
  const many = Array.from({ length: 20 }, () => buffers.acquire(1_000_000));
  for (const buffer of many) buffers.release(buffer);
  const again = Array.from({ length: 20 }, () => buffers.acquire(1_000_000));
  assert.equal(again.filter((buffer) => many.includes(buffer)).length, 8);
  const odd = Buffer.alloc(20_000);
  buffers.release(odd);
  assert.notEqual(buffers.acquire(20_000), odd);
});

test('sizes at the edges of the classes', () => {
  const buffers = new MessageBuffers();
  const sizes = [0, 1, 16_384, 16_385, 32_768, 32_769, 33_554_432, 33_554_433, 100_000_000];
  assert.deepEqual(
    sizes.map((size) => buffers.acquire(size).length),
    [16_384, 16_384, 16_384, 32_768, 32_768, 65_536, 33_554_432, 33_554_433, 100_000_000],
  );
});
