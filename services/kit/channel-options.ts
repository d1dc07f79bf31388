import type { ChannelOptions, ServerOptions } from '@grpc/grpc-js';

const maxMessageBytes = 4 * 1024 * 1024;

/** Both sides: grpc-js limits only what it receives, pings nobody, and keeps a registry of channels unless told otherwise. */
const shared = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.enable_channelz': 0,
} as const;

export const channelOptions: ChannelOptions = {
  ...shared,
  'grpc.keepalive_permit_without_calls': 1,
  // A callee that comes back is found within about a second; the default waits up to two minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

export const serverOptions: ServerOptions = {
  ...shared,
  // What a client sends beyond this waits on its side.
  'grpc.max_concurrent_streams': 1_000,
};
