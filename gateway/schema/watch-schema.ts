import { type FileState, fileState } from './file-state.ts';
import { FolderWatch } from './folder-watch.ts';
import { readSchema, type SchemaReading, type SchemaSources } from './load-schema.ts';
import { type Schema, SchemaError } from './schema.ts';

export interface WatchSchemaOptions {
  /** Load again when a file changes, or one appears that was missing. */
  readonly watchFiles?: boolean;
  /** Milliseconds between two looks at servers with reflection; 0: never. */
  readonly intervalMs?: number;
  /** Milliseconds for which changed files must stay the same before they are read. */
  readonly settleMs?: number;
  /** Gives further faults of a schema that has some already, so that all are told at once. */
  readonly moreFaults?: (schema: Schema) => readonly string[];
  /** Takes a schema that differs from the one before; may refuse it by throwing, which keeps the one before. */
  readonly onChange?: (schema: Schema) => void;
  /** Takes why a schema was not taken over; the same faults are told once, until they change or are asked for. */
  readonly onFault: (error: SchemaError) => void;
}

const defaultWatchOptions = {
  watchFiles: true,
  intervalMs: 0,
  settleMs: 200,
  moreFaults: () => [],
  onChange: () => undefined,
} as const;

/** A schema that follows its sources. */
export interface SchemaWatcher {
  /** The last one that loaded. */
  readonly current: Schema;
  /** As `onChange`, until the function it gives is called. */
  subscribe(listener: (schema: Schema) => void): () => void;
  /** Loads again now, or as soon as the load under way is done; ends when that is over, with or without faults. */
  reload(): Promise<void>;
  /** Ends when nothing is under way any more. */
  close(): Promise<void>;
}

/** Loads a schema and keeps it up to date. Throws SchemaError when the first load has faults. */
export async function watchSchema(sources: SchemaSources, options: WatchSchemaOptions): Promise<SchemaWatcher> {
  const complete = { ...defaultWatchOptions, ...options };
  const { schema, faults, states, digest } = await readSchema(sources);
  if (faults.length > 0) throw new SchemaError([...faults, ...complete.moreFaults(schema)]);
  return new Watcher(sources, complete, { schema, states, digest });
}

interface Loaded {
  readonly schema: Schema;
  readonly states: readonly FileState[];
  readonly digest: string;
}

class Watcher implements SchemaWatcher {
  readonly #sources: SchemaSources;
  readonly #options: Required<WatchSchemaOptions>;
  readonly #listeners = new Set<(schema: Schema) => void>();
  readonly #folders = new FolderWatch(() => this.#onFileEvent());
  #current: Schema;
  /** Of the schema that is served. */
  #digest: string;
  /** Files as they were when they were last read. */
  #states: readonly FileState[];
  /** Why the last load was refused, if it was. */
  #told = '';
  /** Versions of the files when an event was last looked into. */
  #seen = '';
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #settling: NodeJS.Timeout | undefined;
  #interval: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(sources: SchemaSources, options: Required<WatchSchemaOptions>, { schema, states, digest }: Loaded) {
    this.#sources = sources;
    this.#options = options;
    this.#current = schema;
    this.#digest = digest;
    this.#states = states;
    this.#follow();
  }

  get current(): Schema {
    return this.#current;
  }

  subscribe(listener: (schema: Schema) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reload(): Promise<void> {
    this.#told = '';
    return this.#loadNext();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#settling);
    clearTimeout(this.#interval);
    this.#folders.close();
    await (this.#next ?? this.#running);
  }

  /** Never two loads at once: whoever asks during one shares the next. */
  #loadNext(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      this.#running = this.#load();
      return this.#running;
    });
    return this.#next;
  }

  async #load(): Promise<void> {
    if (this.#closed) return;
    const { schema, faults, states, digest } = await this.#read();
    if (this.#closed) return;
    this.#states = states;
    this.#follow();
    if (faults.length > 0) this.#refuse(new SchemaError([...faults, ...this.#options.moreFaults(schema)]));
    else if (digest === this.#digest) this.#told = '';
    else this.#takeOver(schema, digest);
  }

  /** Nothing that a source holds may end the process. */
  async #read(): Promise<SchemaReading> {
    try {
      return await readSchema(this.#sources);
    } catch (error) {
      return { schema: this.#current, states: this.#states, digest: this.#digest, faults: [String(error)] };
    }
  }

  #takeOver(schema: Schema, digest: string): void {
    try {
      for (const listener of this.#listeners) listener(schema);
      this.#options.onChange(schema);
      this.#current = schema;
      this.#digest = digest;
      this.#told = '';
    } catch (error) {
      this.#refuse(error instanceof SchemaError ? error : new SchemaError([String(error)]));
    }
  }

  #refuse(error: SchemaError): void {
    if (error.message === this.#told) return;
    this.#told = error.message;
    this.#options.onFault(error);
  }

  #follow(): void {
    const { watchFiles, intervalMs } = this.#options;
    if (watchFiles) {
      this.#folders.follow(this.#states.map(({ path }) => path));
      // What changed while it was read, before its folder was watched.
      this.#onFileEvent();
    }
    clearTimeout(this.#interval);
    if (intervalMs === 0 || (this.#sources.reflection ?? []).length === 0) return;
    this.#interval = setTimeout(() => void this.#loadNext(), intervalMs).unref();
  }

  #onFileEvent(): void {
    if (this.#closed) return;
    this.#settling ??= setTimeout(() => void this.#loadIfChanged(), this.#options.settleMs).unref();
  }

  /** Folders hold other files as well, and a file may still be being written. */
  async #loadIfChanged(): Promise<void> {
    const known = this.#states;
    const found = await Promise.all(known.map(({ path }) => fileState(path)));
    this.#settling = undefined;
    // A load that ended meanwhile has looked at the files itself, and comes back here.
    if (known !== this.#states) return;
    const seen = versionsOf(found);
    if (seen === versionsOf(known)) return;
    if (seen === this.#seen) await this.#loadNext();
    else this.#onFileEvent();
    this.#seen = seen;
  }
}

function versionsOf(states: readonly FileState[]): string {
  return states.map(({ version }) => version).join('\n');
}
