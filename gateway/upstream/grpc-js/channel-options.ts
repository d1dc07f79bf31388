import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import type { UpstreamOptions, UpstreamTls } from '../upstream-options.ts';
import { loadGrpcJs } from './load-grpc-js.ts';

/** What grpc-js is told about a channel (https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/README.md). */
export function channelOptions(options: UpstreamOptions): ClientOptions {
  return {
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc.max_send_message_length': options.maxSentMessageBytes,
    'grpc.keepalive_time_ms': options.keepaliveMs,
    'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs,
    'grpc.keepalive_permit_without_calls': 0,
    'grpc.enable_channelz': 0,
    // An upstream that is opened anew must not wait out the back-off of one that was closed.
    'grpc.use_local_subchannel_pool': 1,
    // A proxy of the environment is for what leaves the cluster, never for the upstream.
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    ...(options.tls?.serverName !== undefined && { 'grpc.ssl_target_name_override': options.tls.serverName }),
  };
}

export function channelCredentials(tls: UpstreamTls | undefined): ChannelCredentials {
  const { ChannelCredentials } = loadGrpcJs();
  if (tls === undefined) return ChannelCredentials.createInsecure();
  const { rootCertificates = null, clientKey = null, clientCertificate = null } = tls;
  return ChannelCredentials.createSsl(rootCertificates, clientKey, clientCertificate);
}
