import type { Call, CallListener, CallRequest, CallStatus, Metadata, Upstream } from '../upstream.ts';

/** All that a call's listener was told, and the call. */
export interface RecordedCall {
  readonly call: Call;
  readonly headers: Metadata | undefined;
  readonly messages: readonly Uint8Array[];
  readonly drains: number;
  readonly status: Promise<CallStatus>;
  /** Resolves once so many messages have arrived. */
  received(count: number): Promise<void>;
  /** Resolves with the next `onDrain`. */
  drained(): Promise<void>;
}

/** Starts a call and keeps what arrives; throws where the listener's contract is broken. */
export function recordCall(
  upstream: Upstream,
  request: Partial<CallRequest> & { readonly path: string },
): RecordedCall {
  return new Recorder(upstream, { metadata: [], timeoutMs: 20_000, idempotent: false, ...request });
}

export const message = Buffer.from('m');

export function unary(upstream: Upstream, timeoutMs = 20_000): Promise<CallStatus> {
  return recordCall(upstream, { path: '/test.Echo/Unary', message, timeoutMs }).status;
}

class Recorder implements RecordedCall, CallListener {
  readonly call: Call;
  headers: Metadata | undefined;
  readonly messages: Uint8Array[] = [];
  drains = 0;
  readonly status: Promise<CallStatus>;
  readonly #resolveStatus: (status: CallStatus) => void;
  #started = false;
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(upstream: Upstream, request: CallRequest) {
    const { promise, resolve } = Promise.withResolvers<CallStatus>();
    this.status = promise;
    this.#resolveStatus = resolve;
    this.call = upstream.start(request, this);
    this.#started = true;
  }

  async received(count: number): Promise<void> {
    while (this.messages.length < count && !this.#ended) await this.#change();
  }

  async drained(): Promise<void> {
    for (const before = this.drains; this.drains === before && !this.#ended; ) await this.#change();
  }

  onHeaders(metadata: Metadata): void {
    this.#check(this.headers === undefined && this.messages.length === 0, 'headers come once and first');
    this.headers = metadata;
    this.#changed();
  }

  onMessage(message: Uint8Array): void {
    this.#check(this.headers !== undefined, 'messages come after headers');
    this.messages.push(message);
    this.#changed();
  }

  onDrain(): void {
    this.#check(true, '');
    this.drains += 1;
    this.#changed();
  }

  onStatus(status: CallStatus): void {
    this.#check(true, '');
    this.#ended = true;
    this.#resolveStatus(status);
    this.#changed();
  }

  #check(holds: boolean, rule: string): void {
    if (!this.#started) throw new Error('the listener was called before start returned');
    if (this.#ended) throw new Error('the listener was called after its status');
    if (!holds) throw new Error(rule);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export function text(message: Uint8Array | undefined): string | undefined {
  return message === undefined ? undefined : Buffer.from(message).toString();
}

/** Repeated values joined, as HTTP allows any hop to do. */
export function valuesOf(metadata: Metadata | undefined, name: string): string | undefined {
  const found = metadata?.filter((entry) => entry[0] === name).map((entry) => entry[1]);
  return found?.length ? found.join(', ') : undefined;
}
