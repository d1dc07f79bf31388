import { Code } from '../status/code.ts';
import { cancelled } from './local-status.ts';
import { RetryBudget } from './retry-budget.ts';
import type { Call, CallListener, CallRequest, CallStatus, Metadata, Upstream } from './upstream.ts';
import type { RetryPolicy } from './upstream-options.ts';

/** Repeats idempotent calls that ended UNAVAILABLE before anything of an answer arrived; all others pass through. */
export function withRetries(upstream: Upstream, policy: RetryPolicy): Upstream {
  const context: RetryContext = { upstream, policy, budget: new RetryBudget() };
  return {
    start(request, listener) {
      if (!request.idempotent || request.message === undefined || policy.maxAttempts < 2) {
        return upstream.start(request, listener);
      }
      return new RetryingCall(context, request, listener);
    },
    ready: (timeoutMs) => upstream.ready(timeoutMs),
    close: (graceMs) => upstream.close(graceMs),
  };
}

interface RetryContext {
  readonly upstream: Upstream;
  readonly policy: RetryPolicy;
  readonly budget: RetryBudget;
}

/** A unary request under way, attempt after attempt. */
class RetryingCall implements Call, CallListener {
  readonly borrowsMessages: boolean;
  readonly #upstream: Upstream;
  readonly #policy: RetryPolicy;
  readonly #budget: RetryBudget;
  readonly #request: CallRequest;
  readonly #listener: CallListener;
  readonly #startedAt = performance.now();
  #attempts = 1;
  #committed = false;
  #paused = false;
  /** The attempt under way; between two attempts the timer that starts the next one stands in its place. */
  #call: Call | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ upstream, policy, budget }: RetryContext, request: CallRequest, listener: CallListener) {
    this.#upstream = upstream;
    this.#policy = policy;
    this.#budget = budget;
    this.#request = request;
    this.#listener = listener;
    this.borrowsMessages = listener.borrowsMessages === true;
    this.#call = upstream.start(request, this);
  }

  onHeaders(metadata: Metadata): void {
    this.#committed = true;
    this.#listener.onHeaders(metadata);
  }

  onMessage(message: Uint8Array): void {
    this.#committed = true;
    this.#listener.onMessage(message);
  }

  onStatus(status: CallStatus): void {
    if (status.code === Code.UNAVAILABLE && this.#budget.onFailure() && !this.#committed && this.#retryLater(status)) {
      return;
    }
    if (status.code === Code.OK) this.#budget.onSuccess();
    this.#listener.onStatus(status);
  }

  send(): boolean {
    return true;
  }

  end(): void {}

  cancel(): void {
    if (this.#timer === undefined) {
      this.#call?.cancel();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    queueMicrotask(() => this.#listener.onStatus(cancelled));
  }

  pause(): void {
    this.#paused = true;
    this.#call?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#call?.resume();
  }

  /** false: the status stands, for there are no attempts or no time left, or the server asks for none. */
  #retryLater(status: CallStatus): boolean {
    if (this.#attempts >= this.#policy.maxAttempts) return false;
    const delay = pushback(status.trailers) ?? backoff(this.#policy, this.#attempts);
    if (delay < 0 || delay >= this.#remainingMs()) return false;
    this.#call = undefined;
    this.#timer = setTimeout(() => this.#retry(), delay);
    return true;
  }

  #retry(): void {
    this.#timer = undefined;
    const request: CallRequest = {
      ...this.#request,
      metadata: [...this.#request.metadata, ['grpc-previous-rpc-attempts', String(this.#attempts)]],
      timeoutMs: this.#request.timeoutMs === undefined ? undefined : Math.max(0, this.#remainingMs()),
    };
    this.#attempts += 1;
    this.#call = this.#upstream.start(request, this);
    if (this.#paused) this.#call.pause();
  }

  #remainingMs(): number {
    return (this.#request.timeoutMs ?? Number.POSITIVE_INFINITY) - (performance.now() - this.#startedAt);
  }
}

/** Milliseconds before attempt number `failures` + 1, with the jitter of A6. */
function backoff(policy: RetryPolicy, failures: number): number {
  const full = policy.initialBackoffMs * policy.backoffMultiplier ** (failures - 1);
  return Math.min(full, policy.maxBackoffMs) * (0.8 + 0.4 * Math.random());
}

/** The server's own wish (A6, Pushback): milliseconds; what is not a number of them means "do not retry". */
function pushback(trailers: Metadata): number | undefined {
  const entry = trailers.find(([name]) => name === 'grpc-retry-pushback-ms');
  if (entry === undefined) return undefined;
  return /^\d{1,9}$/.test(entry[1]) ? Number(entry[1]) : -1;
}
