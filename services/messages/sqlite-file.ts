import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a statement may wait for another process: it blocks this one, so almost not at all. */
const busyTimeoutMs = 2;
/** What another process does with the file takes milliseconds: so many tries, so far apart, before it is a failure. */
const busy = { tries: 10, pauseMs: 15 } as const;

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html#busy) */
const sqliteBusy = 5;

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

  /** Runs `work` in one transaction, which is on disk when this resolves. */
  transact<Result>(work: (database: DatabaseSync) => Result): Promise<Result> {
    return this.#tryUse((database) => {
      database.exec('BEGIN IMMEDIATE');
      const result = work(database);
      database.exec('COMMIT');
      return result;
    });
  }

  read<Result>(work: (database: DatabaseSync) => Result): Promise<Result> {
    return this.#tryUse(work);
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  async #tryUse<Result>(work: (database: DatabaseSync) => Result): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return this.#use(work);
      } catch (error) {
        if (!isBusy(error) || tries === busy.tries) throw error;
        await pause(busy.pauseMs);
      }
    }
  }

  #use<Result>(work: (database: DatabaseSync) => Result): Result {
    // A file that was removed still takes writes, which then are lost.
    if (this.#open !== undefined && this.#open.inode !== inodeOf(this.#path)) this.close();
    try {
      this.#open ??= this.#connect();
      return work(this.#open.database);
    } catch (error) {
      // Closing also rolls an open transaction back; one that finds the file busy has not begun.
      if (!isBusy(error)) this.close();
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

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
