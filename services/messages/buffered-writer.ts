import { setTimeout as pause } from 'node:timers/promises';
import { retryDelay } from './retry-delay.ts';

export interface BufferedWriterOptions<Item> {
  /** Writes a batch durably, or rejects; the batch then comes again. */
  readonly write: (batch: readonly Item[]) => Promise<void>;
  readonly written: (count: number) => void;
  readonly failed: (error: unknown) => void;
  /** Items that will never be written: the buffer was full, or time ran out at the end. */
  readonly dropped: (count: number) => void;
  /** Items that may wait in memory. */
  readonly capacity?: number;
}

const defaults = { capacity: 10_000 } as const;
const batchSize = 100;
/** Items that come within this time are written together. */
const gatherMs = 5;
/** How long to wait after a failure when time is short. */
const closingRetryMs = 20;

/** Takes items off the path of a request: `offer` never waits and never fails; writing and trying again happen behind it. */
export class BufferedWriter<Item> {
  readonly #options: Required<BufferedWriterOptions<Item>>;
  #waiting: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failures = 0;
  #closed = false;

  constructor(options: BufferedWriterOptions<Item>) {
    this.#options = { ...defaults, ...options };
  }

  offer(item: Item): void {
    if (this.#closed || this.#waiting.length >= this.#options.capacity) {
      this.#options.dropped(1);
      return;
    }
    this.#waiting.push(item);
    if (this.#writing === undefined) this.#timer ??= this.#schedule(gatherMs);
  }

  /** Writes what waits, for at most that long; what then remains is dropped. Nothing is taken any more. */
  async close(limitMs: number): Promise<void> {
    this.#closed = true;
    const { promise: timeUp, resolve } = Promise.withResolvers<void>();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      resolve();
    }, limitMs);
    while (this.#waiting.length > 0 && !late) {
      await Promise.race([this.#writing ?? this.#start(), timeUp]);
      if (this.#failures > 0) await Promise.race([pause(closingRetryMs), timeUp]);
    }
    clearTimeout(timer);
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#options.dropped(this.#waiting.length);
    this.#waiting = [];
  }

  #schedule(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => void this.#start(), delayMs);
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writeBatch().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length === 0 || this.#closed) return;
      this.#timer = this.#schedule(this.#failures === 0 ? 0 : retryDelay(this.#failures));
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#waiting.slice(0, batchSize);
    try {
      await this.#options.write(batch);
      this.#waiting.splice(0, batch.length);
      this.#failures = 0;
      this.#options.written(batch.length);
    } catch (error) {
      this.#failures += 1;
      this.#options.failed(error);
    }
  }
}
