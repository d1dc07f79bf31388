import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BufferedWriter } from './buffered-writer.ts';

/** A destination that can be made to fail or to hang, and what a writer said of it. */
function createDestination(capacity?: number) {
  const state = {
    items: [] as number[],
    batches: [] as number[],
    works: true,
    /** Writes wait for it. */
    gate: Promise.resolve(),
    written: 0,
    failed: 0,
    dropped: 0,
  };
  const writer = new BufferedWriter<number>({
    write: async (batch) => {
      await state.gate;
      if (!state.works) throw new Error('out of order');
      state.items.push(...batch);
      state.batches.push(batch.length);
    },
    written: (count) => {
      state.written += count;
    },
    failed: () => {
      state.failed += 1;
    },
    dropped: (count) => {
      state.dropped += count;
    },
    ...(capacity !== undefined && { capacity }),
  });
  return { state, writer };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

describe('a buffered writer', () => {
  test('writes all in order, in batches', async () => {
    const { state, writer } = createDestination();
    for (const number of numbers(250)) writer.offer(number);
    assert.deepEqual(state.items, [], 'nothing happens while items are offered');
    await writer.close(60_000);
    assert.deepEqual(state.items, numbers(250));
    assert.deepEqual(state.batches, [100, 100, 50]);
    assert.deepEqual([state.written, state.failed, state.dropped], [250, 0, 0]);
  });

  test('writes by itself, without being closed', async () => {
    const { state, writer } = createDestination();
    writer.offer(1);
    while (state.items.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    writer.offer(2);
    while (state.items.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(state.items, [1, 2]);
    await writer.close(0);
  });

  test('keeps what fails, and tries again', async () => {
    const { state, writer } = createDestination();
    state.works = false;
    for (const number of numbers(3)) writer.offer(number);
    while (state.failed < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(state.items, []);
    state.works = true;
    await writer.close(60_000);
    assert.deepEqual(state.items, numbers(3));
    assert.equal(state.dropped, 0);
  });

  test('drops and counts what is too much', async () => {
    const { state, writer } = createDestination(10);
    for (const number of numbers(12)) writer.offer(number);
    assert.equal(state.dropped, 2);
    await writer.close(60_000);
    assert.deepEqual(state.items, numbers(10));
  });

  test('takes nothing once it is closed', async () => {
    const { state, writer } = createDestination();
    await writer.close(60_000);
    writer.offer(1);
    assert.deepEqual([state.items, state.dropped], [[], 1]);
  });

  test('gives up at the end of the time', async () => {
    const { state, writer } = createDestination();
    state.works = false;
    for (const number of numbers(3)) writer.offer(number);
    await writer.close(50);
    assert.deepEqual([state.items, state.dropped], [[], 3]);
    assert.ok(state.failed > 0);
  });

  test('does not wait for a write that never ends', async () => {
    const { state, writer } = createDestination();
    state.gate = new Promise(() => {});
    writer.offer(1);
    await writer.close(50);
    assert.equal(state.dropped, 1);
  });
});
