/** Times between attempts to connect (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md). */
export class Backoff {
  #ms = initialMs;

  /** Milliseconds from the start of the attempt that failed to the start of the next one. */
  next(random: () => number = Math.random): number {
    const delay = this.#ms * (1 - jitter + 2 * jitter * random());
    this.#ms = Math.min(this.#ms * multiplier, maxMs);
    return delay;
  }

  /** A connection stood. */
  reset(): void {
    this.#ms = initialMs;
  }
}

export const initialMs = 1000;
const multiplier = 1.6;
const jitter = 0.2;
const maxMs = 120_000;
