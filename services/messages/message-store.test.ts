import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { createGreeting, type Greeting } from '../greeting/greeting.ts';
import type { MessageStore } from './message-store.ts';
import { createSqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'protogate-store-'));
after(() => rmSync(folder, { recursive: true }));

interface Implementation {
  readonly create: (database: string) => MessageStore;
  /** What the collection "messages" holds, by time. */
  readonly read: (database: string) => Greeting[];
}

const implementations: Readonly<Record<string, Implementation>> = {
  sqlite: {
    create: (database) => createSqliteStore(folder, database),
    read: (database) => {
      const file = new DatabaseSync(join(folder, `${database}.db`), { readOnly: true });
      const rows = file.prepare('SELECT * FROM messages ORDER BY created, message').all();
      file.close();
      return rows.map((row) => ({ ...row }) as unknown as Greeting);
    },
  },
};

for (const [implementation, { create, read }] of Object.entries(implementations)) {
  describe(`a store in ${implementation}`, () => {
    test('keeps greetings whole, each once', async () => {
      const store = create('whole');
      await store.open();
      const greetings = ['a', 'Shalom (שָׁלוֹם)', "'; DROP TABLE messages"].map((text, index) => ({
        ...createGreeting('Service D', text),
        created: `2026-01-01T00:00:0${index}.000Z`,
      }));
      await store.insert(greetings.slice(0, 2));
      await store.insert(greetings.slice(1));
      assert.deepEqual(read('whole'), greetings);
      await store.insert([]);
      await store.close();
      assert.deepEqual(read('whole'), greetings);
    });
  });
}

describe('a store in a file', () => {
  test('fails where there can be no file, and works once there can', async () => {
    const directory = join(folder, 'blocked');
    writeFileSync(directory, 'not a folder');
    const store = createSqliteStore(directory, 'service-d');
    await assert.rejects(store.open(), { code: 'EEXIST' });
    await assert.rejects(store.insert([createGreeting('Service D', 'a')]), { code: 'EEXIST' });
    rmSync(directory);
    await store.insert([createGreeting('Service D', 'a')]);
    await store.close();
  });
});
