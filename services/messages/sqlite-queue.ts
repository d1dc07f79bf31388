import { join } from 'node:path';
import type { Consumption, MessageQueue, QueueMessage } from './message-queue.ts';
import { retryDelay } from './retry-delay.ts';
import { SqliteFile } from './sqlite-file.ts';

const pollMs = 50;
const batchSize = 100;

const schema = `CREATE TABLE IF NOT EXISTS messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_queue ON messages (queue, sequence)`;

interface Row {
  readonly sequence: number;
  readonly message: QueueMessage;
}

/** A queue in DIRECTORY/queue.db, between processes of one machine; it has one consumer. */
export function createSqliteQueue(directory: string, queue: string): MessageQueue {
  const file = new SqliteFile(join(directory, 'queue.db'), schema);

  const oldest = (): Promise<Row[]> =>
    file.read((connection) =>
      connection
        .prepare('SELECT sequence, headers, body FROM messages WHERE queue = ? ORDER BY sequence LIMIT ?')
        .all(queue, batchSize)
        .map(({ sequence, headers, body }) => ({
          sequence: Number(sequence),
          message: { body: String(body), headers: JSON.parse(String(headers)) as Record<string, string> },
        })),
    );

  const acknowledge = (last: number): Promise<unknown> =>
    file.transact((connection) =>
      connection.prepare('DELETE FROM messages WHERE queue = ? AND sequence <= ?').run(queue, last),
    );

  return {
    open: () => file.read(() => undefined),
    publish: (messages) =>
      file.transact((connection) => {
        const statement = connection.prepare('INSERT INTO messages (queue, headers, body) VALUES (?, ?, ?)');
        for (const { headers, body } of messages) statement.run(queue, JSON.stringify(headers), body);
      }),
    consume: (handle, failed) =>
      pollRepeatedly(async () => {
        const batch = await oldest();
        const last = batch.at(-1);
        if (last === undefined) return false;
        await handle(batch.map(({ message }) => message));
        await acknowledge(last.sequence);
        return true;
      }, failed),
    close: async () => file.close(),
  };
}

/** Runs `poll` again and again: at once while it finds something, else after a pause, which grows with failures. */
function pollRepeatedly(poll: () => Promise<boolean>, failed: (error: unknown) => void): Consumption {
  let stopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  const step = async (): Promise<void> => {
    let pause = pollMs;
    try {
      if (await poll()) pause = 0;
      failures = 0;
    } catch (error) {
      failures += 1;
      pause = retryDelay(failures);
      failed(error);
    }
    if (!stopped) schedule(pause);
  };
  const schedule = (pause: number): void => {
    timer = setTimeout(() => {
      underWay = step();
    }, pause);
  };

  schedule(0);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
