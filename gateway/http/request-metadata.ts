import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { isMetadataName, isMetadataValue } from '../upstream/reserved-metadata.ts';
import type { Metadata } from '../upstream/upstream.ts';

/** Permanent HTTP headers (IANA message headers) go on as grpcgateway-<name>, as grpc-gateway sends them. */
const permanentHeaders = [
  'accept',
  'accept-charset',
  'accept-language',
  'accept-ranges',
  'authorization',
  'cache-control',
  'content-type',
  'cookie',
  'date',
  'expect',
  'from',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-schedule-tag-match',
  'if-unmodified-since',
  'max-forwards',
  'origin',
  'pragma',
  'referer',
  'user-agent',
  'via',
  'warning',
];

/** Trace headers go on under their own names (Istio, W3C Trace Context and Baggage). */
const traceHeaders = [
  'x-request-id',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'x-ot-span-context',
  'traceparent',
  'tracestate',
  'baggage',
];

/** Metadata names a header goes on as; headers that are not in the table stay here. */
const forwarded: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...permanentHeaders.map((name) => [name, [`grpcgateway-${name}`]] as const),
  ...traceHeaders.map((name) => [name, [name]] as const),
  ['authorization', ['authorization', 'grpcgateway-authorization']],
]);

const metadataPrefix = 'grpc-metadata-';

/** What a client cannot set by prefix, besides what no metadata may be called: the gateway sets it. */
const ownMetadata: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host']);

export interface HttpPeer {
  /** Host header, or the authority of an absolute request target. */
  readonly host: string | undefined;
  readonly remoteAddress: string | undefined;
}

/**
 * Headers of a request → metadata of its call, as grpc-gateway does it by default.
 * @param rawHeaders names and values in turn, as node:http has them.
 * Throws INVALID_ARGUMENT for a binary header (-Bin) that is not base64, and for a second Host.
 */
export function requestMetadata(rawHeaders: readonly string[], peer: HttpPeer): Metadata {
  const metadata: [string, string][] = [];
  const forwardedFor: string[] = [];
  let forwardedHost = peer.host;
  let hostForwarded = false;
  let hosts = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = String(rawHeaders[index]).toLowerCase();
    const value = String(rawHeaders[index + 1]);
    const targets = forwarded.get(name);
    if (targets !== undefined) {
      if (isMetadataValue(value)) for (const target of targets) metadata.push([target, value]);
    } else if (name.startsWith(metadataPrefix)) {
      const key = name.slice(metadataPrefix.length);
      if (!isMetadataName(key) || ownMetadata.has(key)) continue;
      if (key.endsWith('-bin')) metadata.push([key, canonicalBase64(name, value)]);
      else if (isMetadataValue(value)) metadata.push([key, value]);
    } else if (name === 'x-forwarded-for') {
      if (value !== '' && isMetadataValue(value)) forwardedFor.push(value);
    } else if (name === 'x-forwarded-host' && !hostForwarded) {
      hostForwarded = true;
      forwardedHost = value;
    } else if (name === 'host') {
      hosts += 1;
      // RFC 9112, section 3.2: which of them another server would go by nobody knows.
      if (hosts > 1) throw new StatusError(Code.INVALID_ARGUMENT, 'more than one Host header');
    }
  }
  if (peer.remoteAddress !== undefined) forwardedFor.push(peer.remoteAddress.replace(/^::ffff:/, ''));
  if (forwardedFor.length > 0) metadata.push(['x-forwarded-for', forwardedFor.join(', ')]);
  if (forwardedHost !== undefined && isMetadataValue(forwardedHost)) metadata.push(['x-forwarded-host', forwardedHost]);
  return metadata;
}

function canonicalBase64(name: string, value: string): string {
  const unpadded = value.replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(unpadded) || unpadded.length % 4 === 1) {
    throw new StatusError(Code.INVALID_ARGUMENT, `header ${name} is not base64`);
  }
  return Buffer.from(unpadded, 'base64').toString('base64');
}
