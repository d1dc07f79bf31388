import { Backoff, initialMs } from './backoff.ts';
import type { Address } from './connect-socket.ts';
import { addressText } from './connect-socket.ts';
import type { Connection } from './connection.ts';
import type { ConnectionListener } from './connection-listener.ts';

/** 'failing': the last attempt failed, and so do calls, until one succeeds. */
export type ConnectivityState = 'idle' | 'connecting' | 'ready' | 'failing';

export interface SubchannelListener {
  onStateChange(): void;
  /** A connection can take calls again. */
  onRoom(): void;
  onEvent(event: 'connected' | 'disconnected' | 'connect-failed', address: string, reason?: string): void;
}

export interface SubchannelOptions {
  readonly address: Address;
  /** As the options of the upstream say, to begin with. */
  readonly keepaliveMs: number;
  readonly connect: (address: Address, keepaliveMs: number, listener: ConnectionListener) => Connection;
  readonly listener: SubchannelListener;
}

/** More connections than this to one address help no more. */
const maxConnections = 8;
/** How long a further connection stays that nobody needs. */
const idleMs = 30_000;

/** The connections to one address: one as a rule, more while the server allows too few streams on it. */
export class Subchannel {
  readonly #options: SubchannelOptions;
  readonly #address: string;
  readonly #backoff = new Backoff();
  /** Those that take calls. */
  readonly #connections: Connection[] = [];
  /** Those that finish what they have. */
  readonly #draining = new Set<Connection>();
  #keepaliveMs: number;
  #attempt: Connection | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #failing = false;
  #closed = false;

  constructor(options: SubchannelOptions) {
    this.#options = options;
    this.#keepaliveMs = options.keepaliveMs;
    this.#address = addressText(options.address);
  }

  get state(): ConnectivityState {
    if (this.#connections.length > 0) return 'ready';
    if (this.#failing) return 'failing';
    return this.#attempt === undefined && this.#retryTimer === undefined ? 'idle' : 'connecting';
  }

  /** A connection that takes a call; the first ones are filled first. */
  pick(): Connection | undefined {
    for (let i = 0; i < this.#connections.length; i++) {
      const connection = this.#connections[i];
      if (connection?.isOpen) return connection;
    }
    return undefined;
  }

  connect(): void {
    if (this.#connections.length === 0) this.#begin();
  }

  /** Calls wait: for a further connection, if all are full. */
  expand(): void {
    const full = this.#connections.length > 0 && this.#connections.every(({ isFull }) => isFull);
    if (!full || this.#connections.length >= maxConnections) return;
    this.#begin();
    this.#idleTimer ??= setInterval(() => this.#closeIdle(), idleMs).unref();
  }

  /** No new calls; connections close when theirs are done. */
  close(): void {
    this.#stop();
    for (const connection of [...this.#connections]) connection.close();
  }

  destroy(reason: string): void {
    this.#stop();
    for (const connection of [...this.#connections, ...this.#draining]) connection.destroy(reason);
  }

  #stop(): void {
    this.#closed = true;
    this.#stopWaiting();
    clearInterval(this.#idleTimer);
    this.#attempt?.close();
  }

  #begin(): void {
    if (this.#closed || this.#attempt !== undefined || this.#retryTimer !== undefined) return;
    const startedAt = performance.now();
    const connection = this.#options.connect(this.#options.address, this.#keepaliveMs, {
      onReady: () => this.#onReady(connection),
      onRoom: () => this.#options.listener.onRoom(),
      onDraining: (reason) => this.#onDraining(connection, startedAt, reason),
      // As A8 of gRPC has it (https://github.com/grpc/proposal/blob/master/A8-client-side-keepalive.md).
      onTooManyPings: () => {
        this.#keepaliveMs *= 2;
      },
      onClosed: (reason) => this.#onClosed(connection, startedAt, reason),
    });
    this.#attempt = connection;
  }

  #onReady(connection: Connection): void {
    this.#attempt = undefined;
    this.#failing = false;
    this.#connections.push(connection);
    this.#options.listener.onEvent('connected', this.#address);
    this.#options.listener.onStateChange();
  }

  #onDraining(connection: Connection, startedAt: number, reason: string): void {
    this.#draining.add(connection);
    this.#remove(connection, startedAt, reason, false);
  }

  #onClosed(connection: Connection, startedAt: number, reason: string): void {
    this.#draining.delete(connection);
    if (connection !== this.#attempt) {
      this.#remove(connection, startedAt, reason, true);
      return;
    }
    this.#attempt = undefined;
    if (this.#closed) return;
    this.#options.listener.onEvent('connect-failed', this.#address, reason);
    this.#failing = this.#connections.length === 0;
    this.#beginLater(startedAt);
  }

  /** `broken`: without a word of GOAWAY. */
  #remove(connection: Connection, startedAt: number, reason: string, broken: boolean): void {
    const index = this.#connections.indexOf(connection);
    if (index < 0) return;
    this.#connections.splice(index, 1);
    this.#options.listener.onEvent('disconnected', this.#address, reason);
    if (this.#closed || this.#connections.length > 0) return;
    if (connection.hasServed || performance.now() - startedAt >= initialMs) {
      this.#backoff.reset();
      this.#stopWaiting();
      this.#begin();
      this.#options.listener.onStateChange();
    } else {
      // One that stood for a moment only, and for nothing, counts as an attempt: a broken server is not called without a
      // pause. Not so one that had enough: nginx ends a connection after 1,000 calls, however soon that is.
      this.#failing = broken;
      this.#beginLater(startedAt);
    }
  }

  /** The next attempt, at its time after the start of the last one (connection-backoff.md). */
  #beginLater(startedAt: number): void {
    this.#stopWaiting();
    const wait = startedAt + this.#backoff.next() - performance.now();
    this.#retryTimer = setTimeout(
      () => {
        this.#retryTimer = undefined;
        this.#begin();
      },
      Math.max(0, wait),
    );
    this.#options.listener.onStateChange();
  }

  #stopWaiting(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  #closeIdle(): void {
    const last = this.#connections.at(-1);
    if (this.#connections.length > 1 && last?.isIdle) last.close();
    if (this.#connections.length > 1) return;
    clearInterval(this.#idleTimer);
    this.#idleTimer = undefined;
  }
}
