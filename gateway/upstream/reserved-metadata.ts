/**
 * Whether a name may go out as metadata: the characters that the protocol allows, and not a header that belongs to
 * HTTP/2 or to the protocol itself (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Requests).
 */
export function isMetadataName(name: string): boolean {
  return allowedName.test(name) && !reserved.has(name);
}

/** ASCII-Value of the protocol: space to tilde. */
export function isMetadataValue(value: string): boolean {
  return allowedValue.test(value);
}

/** Whether a value that a server sent may go on: one with control characters is no value of any HTTP header. */
export function isForwardable(value: string): boolean {
  return forwardable.test(value);
}

const forwardable = /^[\t -~\u0080-\u00ff]*$/;
const allowedName = /^[0-9a-z_.-]+$/;
const allowedValue = /^[ -~]*$/;

const reserved: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'grpc-accept-encoding',
  'grpc-encoding',
  'grpc-message',
  'grpc-message-type',
  'grpc-status',
  'grpc-status-details-bin',
  'grpc-timeout',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
