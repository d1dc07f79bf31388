import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLogger } from '../../gateway/telemetry/logger.ts';
import { createGreeting, type Greeting } from '../greeting/greeting.ts';
import { createMetrics } from '../kit/metrics.ts';
import type { MessageQueue, QueueMessage } from './message-queue.ts';
import type { MessageStore } from './message-store.ts';
import { storeQueued, toMessage } from './store-queued.ts';

/** Runs what F does with a batch, with a store that may fail. */
async function handle(messages: readonly QueueMessage[], works = true) {
  const lines: Record<string, unknown>[] = [];
  const stored: Greeting[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ service: 'Service F', level: 'info', destination });
  const metrics = createMetrics('Service F');
  let batch: Promise<void> = Promise.resolve();
  const queue: Pick<MessageQueue, 'consume'> = {
    consume: (handler) => {
      batch = handler(messages);
      return { stop: async () => {} };
    },
  };
  const store: Pick<MessageStore, 'insert'> = {
    insert: async (greetings) => {
      if (!works) throw new Error('the store is gone');
      stored.push(...greetings);
    },
  };
  storeQueued(queue, store, log, metrics);
  const acknowledged = await batch.then(
    () => true,
    () => false,
  );
  const dropped = (await metrics.messagesDropped.get()).values.map(({ value }) => value);
  return { lines, stored, acknowledged, dropped };
}

describe('greetings from the queue', () => {
  const greeting = createGreeting('Service D', 'Shalom');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const message = toMessage(greeting, { 'x-request-id': 'abc', traceparent: `00-${traceId}-b7ad6b7169203331-01` });

  test('are stored, then acknowledged, and logged with the request that they come from', async () => {
    const { lines, stored, acknowledged } = await handle([message]);
    assert.deepEqual([stored, acknowledged], [[greeting], true]);
    assert.equal(lines.length, 1);
    const { requestId, traceId: logged, greeting: id, from } = lines[0] ?? {};
    assert.deepEqual([requestId, logged, id, from], ['abc', traceId, greeting.id, 'Service D']);
  });

  test('are not acknowledged when the store fails', async () => {
    const { lines, stored, acknowledged } = await handle([message], false);
    assert.deepEqual([lines, stored, acknowledged], [[], [], false]);
  });

  for (const body of ['', '{', 'null', '[]', '{"id":"1"}', JSON.stringify({ ...greeting, created: 1 })]) {
    test(`hold nothing up that is none: ${body}`, async () => {
      const { lines, stored, acknowledged, dropped } = await handle([{ body, headers: {} }, message]);
      assert.deepEqual([stored, acknowledged, dropped], [[greeting], true, [1]]);
      assert.equal(lines[0]?.['message'], 'a message of the queue is not a greeting; it is lost');
    });
  }
});
