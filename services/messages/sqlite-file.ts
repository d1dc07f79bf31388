import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How long a statement may wait for another process: it blocks this one, so almost not at all. Callers try again later. */
const busyTimeoutMs = 5;

/** One SQLite file, opened when it is needed and again after a failure or when the file was removed. */
export class SqliteFile {
  readonly #path: string;
  readonly #schema: string;
  #open: { readonly database: DatabaseSync; readonly inode: number } | undefined;

  /** @param schema SQL that may run again on a file that has it already */
  constructor(path: string, schema: string) {
    this.#path = path;
    this.#schema = schema;
  }

  /** Runs `work` in one transaction, which is on disk when this returns. */
  transact<Result>(work: (database: DatabaseSync) => Result): Result {
    return this.#use((database) => {
      database.exec('BEGIN IMMEDIATE');
      const result = work(database);
      database.exec('COMMIT');
      return result;
    });
  }

  read<Result>(work: (database: DatabaseSync) => Result): Result {
    return this.#use(work);
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  #use<Result>(work: (database: DatabaseSync) => Result): Result {
    // A file that was removed still takes writes, which then are lost.
    if (this.#open !== undefined && this.#open.inode !== inodeOf(this.#path)) this.close();
    try {
      this.#open ??= this.#connect();
      return work(this.#open.database);
    } catch (error) {
      // Closing also rolls an open transaction back.
      this.close();
      throw error;
    }
  }

  #connect(): { database: DatabaseSync; inode: number } {
    mkdirSync(dirname(this.#path), { recursive: true });
    const database = new DatabaseSync(this.#path, { timeout: busyTimeoutMs });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      database.exec(this.#schema);
      return { database, inode: inodeOf(this.#path) };
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}
