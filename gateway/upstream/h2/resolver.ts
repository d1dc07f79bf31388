import type { Address } from './connect-socket.ts';

export interface ResolverListener {
  onAddresses(addresses: readonly Address[]): void;
  onFailure(reason: string): void;
}

/** Servers that come and go behind a name are noticed within this time, also while all connections are well. */
const refreshMs = 30_000;
/** Not more often than this, however often connections break. */
const minIntervalMs = 5_000;

export interface ResolverOptions {
  readonly host: string;
  readonly port: number;
  readonly listener: ResolverListener;
  /** node:dns/promises, or the like of it. */
  readonly lookup: (host: string, options: { readonly all: true }) => Promise<readonly { readonly address: string }[]>;
}

/** Looks a name up: at `start`, at `refresh`, and from time to time. */
export class DnsResolver {
  readonly #options: ResolverOptions;
  #timer: NodeJS.Timeout | undefined;
  #underWay = false;
  #lastAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer === undefined && !this.#underWay) this.#resolve();
  }

  /** Soon: addresses may have changed. */
  refresh(): void {
    const wait = this.#lastAt + minIntervalMs - performance.now();
    if (!this.#underWay) this.#schedule(Math.max(0, wait));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(milliseconds: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#resolve(), milliseconds).unref();
  }

  #resolve(): void {
    const { host, port, lookup } = this.#options;
    this.#underWay = true;
    this.#lastAt = performance.now();
    lookup(host, { all: true }).then(
      (found) => this.#onFound(found.map(({ address }) => ({ kind: 'tcp', host: address, port }))),
      (error: unknown) => this.#onFailure(error instanceof Error ? error.message : String(error)),
    );
  }

  #onFound(addresses: readonly Address[]): void {
    this.#underWay = false;
    if (this.#stopped) return;
    this.#schedule(refreshMs);
    this.#options.listener.onAddresses(addresses);
  }

  #onFailure(reason: string): void {
    this.#underWay = false;
    if (this.#stopped) return;
    this.#schedule(minIntervalMs);
    this.#options.listener.onFailure(reason);
  }
}
