/** TLS to the upstream; every value is PEM. */
export interface UpstreamTls {
  /** Who signs the server's certificate; left out: the roots that Node brings along. */
  readonly rootCertificates?: Buffer;
  /** Mutual TLS: the chain and key that this client shows; both or neither. */
  readonly clientCertificate?: Buffer;
  readonly clientKey?: Buffer;
  /** The name that the server's certificate must carry, and SNI; left out: the host of the target. */
  readonly serverName?: string;
}

/** When a call that may be repeated is made again (https://github.com/grpc/proposal/blob/master/A6-client-retries.md). */
export interface RetryPolicy {
  /** The first attempt included; 1: never again. */
  readonly maxAttempts: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly backoffMultiplier: number;
}

/** For the log, never for clients: connections come and go. */
export interface UpstreamEvent {
  /** `call-failed` is of grpc-js alone, which tells by calls why it has no connection. */
  readonly event: 'connected' | 'disconnected' | 'connect-failed' | 'resolve-failed' | 'call-failed';
  readonly target: string;
  /** The address of the connection, where one is known. */
  readonly address?: string;
  /** What went wrong, in the words of the layer below. */
  readonly reason?: string;
}

export interface UpstreamOptions {
  /** grpc-js: all its resolvers, balancers and credentials; h2: an HTTP/2 client of our own, made for speed. */
  readonly transport: 'grpc-js' | 'h2';
  /** undefined: plain text (h2c). */
  readonly tls: UpstreamTls | undefined;
  /** The largest message taken from the server, after decompression; a larger one ends its call with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
  /** The largest message sent. By default there is no limit, as in gRPC. */
  readonly maxSentMessageBytes: number;
  /** Silence on a connection with calls under way after which it is probed with a PING. */
  readonly keepaliveMs: number;
  /** How long the answer to that PING may take before the connection is given up. */
  readonly keepaliveTimeoutMs: number;
  /** Applies to calls that are idempotent and have their whole request in hand, after UNAVAILABLE without an answer. */
  readonly retry: RetryPolicy;
  /** Calls wait for a connection until their deadline, instead of failing at once while the upstream is away. */
  readonly waitForReady: boolean;
  readonly onEvent: ((event: UpstreamEvent) => void) | undefined;
}

export const defaultUpstreamOptions: UpstreamOptions = {
  transport: 'h2',
  tls: undefined,
  maxMessageBytes: 4 * 1024 * 1024,
  maxSentMessageBytes: 0x7fff_ffff,
  keepaliveMs: 30_000,
  keepaliveTimeoutMs: 10_000,
  // Once: a gateway that repeats calls on its own surprises both ends.
  retry: { maxAttempts: 1, initialBackoffMs: 50, maxBackoffMs: 1_000, backoffMultiplier: 2 },
  waitForReady: false,
  onEvent: undefined,
};
