import { lookup } from 'node:dns/promises';
import { closed, deadlineExceeded, isExpired, unavailable } from '../local-status.ts';
import { rejectCall } from '../rejected-call.ts';
import type { Call, CallListener, CallRequest, Upstream } from '../upstream.ts';
import type { UpstreamOptions } from '../upstream-options.ts';
import { CallRegistry } from './call-registry.ts';
import { connectSocket } from './connect-socket.ts';
import { Connection } from './connection.ts';
import { type CallOwner, H2Call, sentTooLarge } from './h2-call.ts';
import { MessageBuffers } from './message-buffers.ts';
import { DnsResolver, type ResolverListener } from './resolver.ts';
import { RoundRobin } from './round-robin.ts';
import { Subchannel, type SubchannelListener } from './subchannel.ts';
import { parseTarget, type Target } from './target.ts';

/**
 * gRPC on an HTTP/2 client of our own: made for little work a call.
 *
 * A call goes from `start` by `RoundRobin` and `Subchannel` to a `Connection`, which writes its headers
 * (`RequestHeaders`) and its messages (`OutgoingMessages`) into the `Output` of the tick. What comes back goes through
 * `FrameReader` (bytes to frames), `FrameDispatch` (the rules for frames) and `Connection` (streams, windows) to the
 * `H2Call`, whose `HeaderBlock` and `IncomingMessages` make of it what the listener is told.
 */
export class H2Upstream implements Upstream, CallOwner, SubchannelListener, ResolverListener {
  readonly target: string;
  readonly maxMessageBytes: number;
  readonly maxSentMessageBytes: number;
  readonly calls = new CallRegistry();
  readonly buffers = new MessageBuffers();
  isClosed = false;
  readonly #options: UpstreamOptions;
  readonly #parsed: Target;
  readonly #balancer: RoundRobin;
  readonly #resolver: DnsResolver | undefined;
  /** Calls without a connection, in order of arrival. */
  readonly #waiting = new Set<H2Call>();
  readonly #readyWaiters = new Set<() => void>();
  #isResolved = false;
  #resolveFailed = false;
  #whenIdle: (() => void) | undefined;

  constructor(target: string, options: UpstreamOptions) {
    this.target = target;
    this.maxMessageBytes = options.maxMessageBytes;
    this.maxSentMessageBytes = options.maxSentMessageBytes;
    this.#options = options;
    this.#parsed = parseTarget(target);
    this.#balancer = new RoundRobin((address) => this.#createSubchannel(address));
    this.#resolver = this.#parsed.dns && new DnsResolver({ ...this.#parsed.dns, listener: this, lookup });
  }

  start(request: CallRequest, listener: CallListener): Call {
    if (this.isClosed) return rejectCall(listener, closed(this.target));
    if (isExpired(request.timeoutMs)) return rejectCall(listener, deadlineExceeded);
    const { message } = request;
    if (message !== undefined && message.length > this.maxSentMessageBytes) {
      return rejectCall(listener, sentTooLarge(message.length, this.maxSentMessageBytes));
    }
    const call = new H2Call(this, request, listener);
    this.dispatch(call);
    return call;
  }

  ready(timeoutMs: number): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    if (this.#balancer.state === 'ready') return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#readyWaiters.delete(settle);
        resolve(!this.isClosed && this.#balancer.state === 'ready');
      };
      const timer = setTimeout(settle, timeoutMs);
      this.#readyWaiters.add(settle);
      this.#connect();
    });
  }

  async close(graceMs: number): Promise<void> {
    this.isClosed = true;
    this.#resolver?.stop();
    this.#settleReadyWaiters();
    if (this.calls.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const call of this.calls.all()) call.cancel();
    this.#balancer.destroy('closed by this side');
  }

  dispatch(call: H2Call): void {
    const connection = this.#balancer.pick();
    if (connection !== undefined) {
      call.begin(connection);
    } else if (this.#isFailing && !this.#options.waitForReady) {
      call.fail(unavailable(this.target));
    } else {
      this.#waiting.add(call);
      this.#balancer.expand();
      this.#connect();
    }
  }

  onEnd(call: H2Call): void {
    if (this.#waiting.size > 0) this.#waiting.delete(call);
    if (this.calls.size === 0) this.#whenIdle?.();
  }

  onRoom(): void {
    if (this.#waiting.size > 0) this.#serveWaiting();
  }

  onStateChange(): void {
    if (this.#balancer.state === 'ready') this.#settleReadyWaiters();
    this.#serveWaiting();
  }

  onEvent(event: 'connected' | 'disconnected' | 'connect-failed', address: string, reason?: string): void {
    // The servers behind the name may be others by now.
    if (event !== 'connected') this.#resolver?.refresh();
    this.#options.onEvent?.({ event, target: this.target, address, ...(reason !== undefined && { reason }) });
  }

  onAddresses(addresses: Parameters<RoundRobin['update']>[0]): void {
    this.#resolveFailed = false;
    this.#balancer.update(addresses);
    this.#serveWaiting();
  }

  onFailure(reason: string): void {
    this.#resolveFailed = true;
    this.#options.onEvent?.({ event: 'resolve-failed', target: this.target, reason });
    this.#serveWaiting();
  }

  /** Nothing is connected, and the last try failed. */
  get #isFailing(): boolean {
    const { state } = this.#balancer;
    return state === 'failing' || (state === 'idle' && this.#resolveFailed);
  }

  #connect(): void {
    if (this.#resolver !== undefined) {
      this.#resolver.start();
    } else if (!this.#isResolved) {
      this.#isResolved = true;
      this.#balancer.update(this.#parsed.addresses ?? []);
    }
    this.#balancer.connect();
  }

  #createSubchannel(address: Parameters<typeof connectSocket>[0]['address']): Subchannel {
    const { tls, keepaliveTimeoutMs } = this.#options;
    const serverName = tls?.serverName ?? this.#parsed.serverName;
    const request = { scheme: tls === undefined ? 'http' : 'https', authority: this.#parsed.authority } as const;
    return new Subchannel({
      address,
      listener: this,
      keepaliveMs: this.#options.keepaliveMs,
      connect: (to, keepaliveMs, listener) =>
        new Connection({
          connect: (onConnect, onRead) => connectSocket({ address: to, tls, serverName, onConnect, onRead }),
          request,
          keepaliveMs,
          keepaliveTimeoutMs,
          listener,
        }),
    });
  }

  #serveWaiting(): void {
    for (const call of this.#waiting) {
      const connection = this.#balancer.pick();
      if (connection !== undefined) {
        this.#waiting.delete(call);
        call.begin(connection);
      } else if (this.#isFailing && !this.#options.waitForReady) {
        this.#waiting.delete(call);
        call.fail(unavailable(this.target));
      } else {
        this.#balancer.expand();
        return;
      }
    }
  }

  #settleReadyWaiters(): void {
    for (const settle of this.#readyWaiters) settle();
  }
}
