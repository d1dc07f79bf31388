import { GrpcJsUpstream } from './grpc-js/grpc-js-upstream.ts';
import { H2Upstream } from './h2/h2-upstream.ts';
import { withRetries } from './retrying-upstream.ts';
import type { Upstream } from './upstream.ts';
import { defaultUpstreamOptions, type UpstreamOptions } from './upstream-options.ts';

/**
 * Calls on raw message bytes to the servers behind a gRPC target
 * (https://github.com/grpc/grpc/blob/master/doc/naming.md): "host:port", "dns:///host:port", "ipv4:1.2.3.4:50051,…",
 * "unix:/path". Connects with the first call, or with `ready`. `close` it when it is done with.
 */
export function createUpstream(target: string, options: Partial<UpstreamOptions> = {}): Upstream {
  const complete = { ...defaultUpstreamOptions, ...options };
  const upstream =
    complete.transport === 'h2' ? new H2Upstream(target, complete) : new GrpcJsUpstream(target, complete);
  return withRetries(upstream, complete.retry);
}
