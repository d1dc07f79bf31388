import { join } from 'node:path';
import type { Greeting } from '../greeting/greeting.ts';
import type { MessageStore } from './message-store.ts';
import { SqliteFile } from './sqlite-file.ts';

const schema = `CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY, service TEXT NOT NULL, message TEXT NOT NULL, created TEXT NOT NULL, hostname TEXT NOT NULL
) WITHOUT ROWID`;

const insert = 'INSERT OR IGNORE INTO messages (id, service, message, created, hostname) VALUES (?, ?, ?, ?, ?)';

/** @param database "service-d": the name of the file, DIRECTORY/service-d.db */
export function createSqliteStore(directory: string, database: string): MessageStore {
  const file = new SqliteFile(join(directory, `${database}.db`), schema);
  return {
    open: () => file.read(() => undefined),
    insert: (greetings: readonly Greeting[]) =>
      file.transact((connection) => {
        const statement = connection.prepare(insert);
        for (const { id, service, message, created, hostname } of greetings) {
          statement.run(id, service, message, created, hostname);
        }
      }),
    close: async () => file.close(),
  };
}
