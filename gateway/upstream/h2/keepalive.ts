export interface KeepaliveOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Whether calls wait for the connection: without one it is left in peace, as servers demand. */
  readonly isNeeded: () => boolean;
  readonly ping: () => void;
  readonly onDead: () => void;
}

/** Finds out that a peer is gone without a word (https://github.com/grpc/proposal/blob/master/A8-client-side-keepalive.md). */
export class Keepalive {
  /** Set with everything that is read from the socket: plain, for that is all that the hot path does for it. */
  active = false;
  readonly #options: KeepaliveOptions;
  #waiting = false;
  #timer: NodeJS.Timeout;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
    this.#timer = this.#schedule(options.intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#check(), milliseconds).unref();
  }

  #check(): void {
    const { intervalMs, timeoutMs, isNeeded, ping, onDead } = this.#options;
    if (!this.active && this.#waiting) {
      onDead();
      return;
    }
    this.#waiting = !this.active && isNeeded();
    this.active = false;
    if (this.#waiting) ping();
    this.#timer = this.#schedule(this.#waiting ? timeoutMs : intervalMs);
  }
}
