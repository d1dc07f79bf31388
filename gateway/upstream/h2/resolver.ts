import { lookup } from 'node:dns/promises';
import type { Address } from './connect-socket.ts';

export interface ResolverListener {
  onAddresses(addresses: readonly Address[]): void;
  onFailure(reason: string): void;
}

/** Servers that come and go behind a name are noticed within this time, also while all connections are well. */
const refreshMs = 30_000;
/** Not more often than this, however often connections break. */
const minIntervalMs = 5_000;

/** Looks a name up: at `start`, at `refresh`, and from time to time. */
export class DnsResolver {
  readonly #host: string;
  readonly #port: number;
  readonly #listener: ResolverListener;
  #timer: NodeJS.Timeout | undefined;
  #underWay = false;
  #lastAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(name: { readonly host: string; readonly port: number }, listener: ResolverListener) {
    this.#host = name.host;
    this.#port = name.port;
    this.#listener = listener;
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
    this.#underWay = true;
    this.#lastAt = performance.now();
    lookup(this.#host, { all: true })
      .then(
        (found) => this.#onFound(found.map(({ address }) => ({ kind: 'tcp', host: address, port: this.#port }))),
        (error: unknown) => this.#onFailure(error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        this.#underWay = false;
      });
  }

  #onFound(addresses: readonly Address[]): void {
    if (this.#stopped) return;
    this.#schedule(refreshMs);
    this.#listener.onAddresses(addresses);
  }

  #onFailure(reason: string): void {
    if (this.#stopped) return;
    this.#schedule(minIntervalMs);
    this.#listener.onFailure(reason);
  }
}
