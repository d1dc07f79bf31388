import type { Client } from '@grpc/grpc-js';
import { closed, deadlineExceeded, isExpired } from '../local-status.ts';
import { rejectCall } from '../rejected-call.ts';
import type { Call, CallListener, CallRequest, Upstream } from '../upstream.ts';
import type { UpstreamOptions } from '../upstream-options.ts';
import { channelCredentials, channelOptions } from './channel-options.ts';
import { GrpcJsCall } from './grpc-js-call.ts';
import { loadGrpcJs } from './load-grpc-js.ts';
import { toGrpcMetadata } from './metadata-conversion.ts';

/** One channel of @grpc/grpc-js: all its resolvers, balancers and credentials. */
export class GrpcJsUpstream implements Upstream {
  readonly #target: string;
  readonly #options: UpstreamOptions;
  readonly #client: Client;
  readonly #calls = new Set<GrpcJsCall>();
  #closed = false;
  #whenIdle: (() => void) | undefined;

  constructor(target: string, options: UpstreamOptions) {
    this.#target = target;
    this.#options = options;
    const { Client } = loadGrpcJs();
    this.#client = new Client(target, channelCredentials(options.tls), channelOptions(options));
  }

  start(request: CallRequest, listener: CallListener): Call {
    if (this.#closed) return rejectCall(listener, closed(this.#target));
    if (isExpired(request.timeoutMs)) return rejectCall(listener, deadlineExceeded);
    const call = new GrpcJsCall({
      client: this.#client,
      target: this.#target,
      request,
      metadata: toGrpcMetadata(request.metadata, this.#options.waitForReady),
      listener,
      onEnd: () => this.#ended(call),
      onEvent: this.#options.onEvent,
    });
    this.#calls.add(call);
    return call;
  }

  ready(timeoutMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) => resolve(error === undefined || error === null));
    });
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    if (this.#calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
        setTimeout(resolve, graceMs).unref();
      });
      for (const call of this.#calls) call.cancel();
    }
    this.#client.close();
  }

  #ended(call: GrpcJsCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#whenIdle?.();
  }
}
