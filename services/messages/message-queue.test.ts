import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { MessageQueue, QueueMessage } from './message-queue.ts';
import { createSqliteQueue } from './sqlite-queue.ts';

const folder = mkdtempSync(join(tmpdir(), 'protogate-queue-'));
after(() => rmSync(folder, { recursive: true }));

/** Every implementation: gives a queue of that name; two of one name are the same queue. */
const implementations: Readonly<Record<string, (name: string) => MessageQueue>> = {
  sqlite: (name) => createSqliteQueue(folder, name),
};

const message = (body: string): QueueMessage => ({ body, headers: { 'x-request-id': `request of ${body}` } });

/** Consumes until so many messages came, then stops. */
async function take(queue: MessageQueue, count: number): Promise<QueueMessage[]> {
  const taken: QueueMessage[] = [];
  const consumption = queue.consume(
    async (messages) => {
      taken.push(...messages);
    },
    (error) => assert.fail(String(error)),
  );
  while (taken.length < count) await pause(5);
  await consumption.stop();
  return taken;
}

for (const [implementation, create] of Object.entries(implementations)) {
  describe(`a queue in ${implementation}`, () => {
    test('hands messages over in order, from one process to another', async () => {
      const [publisher, consumer] = [create('order'), create('order')];
      await publisher.open();
      await publisher.publish(['a', 'b', 'ü 😀'].map(message));
      await publisher.publish([message('d')]);
      assert.deepEqual(await take(consumer, 4), ['a', 'b', 'ü 😀', 'd'].map(message));
      await publisher.publish([message('e')]);
      assert.deepEqual(await take(consumer, 1), [message('e')], 'what was acknowledged does not come again');
      await publisher.close();
      await consumer.close();
    });

    test('keeps messages over a restart', async () => {
      const before = create('restart');
      await before.publish([message('a')]);
      await before.close();
      const afterwards = create('restart');
      assert.deepEqual(await take(afterwards, 1), [message('a')]);
      await afterwards.close();
    });

    test('keeps queues of different names apart', async () => {
      const [one, other] = [create('one'), create('other')];
      await one.publish([message('a')]);
      await other.publish([message('b')]);
      assert.deepEqual(await take(other, 1), [message('b')]);
      assert.deepEqual(await take(one, 1), [message('a')]);
      await one.close();
      await other.close();
    });

    test('hands over again what was not handled', async () => {
      const queue = create('again');
      await queue.publish([message('a')]);
      let attempts = 0;
      let failures = 0;
      const consumption = queue.consume(
        async () => {
          attempts += 1;
          if (attempts < 3) throw new Error('not yet');
        },
        () => {
          failures += 1;
        },
      );
      while (attempts < 3) await pause(5);
      await consumption.stop();
      assert.deepEqual([attempts, failures], [3, 2]);
      await queue.close();
    });

    test('finishes a batch that is under way when consuming stops', async () => {
      const queue = create('stop');
      await queue.publish([message('a')]);
      const handling = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const consumption = queue.consume(
        async () => {
          begun.resolve();
          await handling.promise;
        },
        (error) => assert.fail(String(error)),
      );
      await begun.promise;
      const stopped = consumption.stop();
      handling.resolve();
      await stopped;
      await queue.publish([message('b')]);
      assert.deepEqual(await take(queue, 1), [message('b')]);
      await queue.close();
    });
  });
}

describe('a queue in a file', () => {
  test('fails while another process holds the file, and works afterwards', async () => {
    const queue = createSqliteQueue(folder, 'locked');
    await queue.publish([message('a')]);
    const other = new DatabaseSync(join(folder, 'queue.db'));
    other.exec('BEGIN EXCLUSIVE');
    await assert.rejects(queue.publish([message('b')]), /database is locked/);
    other.exec('ROLLBACK');
    other.close();
    await queue.publish([message('c')]);
    assert.deepEqual(await take(queue, 2), [message('a'), message('c')]);
    await queue.close();
  });

  test('makes the file anew when it was removed', async () => {
    const directory = join(folder, 'removed');
    const queue = createSqliteQueue(directory, 'removed');
    await queue.publish([message('a')]);
    rmSync(directory, { recursive: true });
    await queue.publish([message('b')]);
    const other = createSqliteQueue(directory, 'removed');
    assert.deepEqual(await take(other, 1), [message('b')]);
    await queue.close();
    await other.close();
  });
});
