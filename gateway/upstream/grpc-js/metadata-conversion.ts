import type { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import { isForwardable, isMetadataName, isMetadataValue } from '../reserved-metadata.ts';
import type { Metadata } from '../upstream.ts';
import { loadGrpcJs } from './load-grpc-js.ts';

export function toGrpcMetadata(metadata: Metadata, waitForReady: boolean): GrpcMetadata {
  const grpc = loadGrpcJs();
  const result = new grpc.Metadata({ waitForReady });
  for (const [name, value] of metadata) {
    if (!isMetadataName(name) || !isMetadataValue(value)) continue;
    if (sentOnce.has(name) && result.get(name).length > 0) continue;
    result.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  }
  return result;
}

/** What node:http2 refuses to send twice, failing the call; a client may ask for any of it. The first value counts. */
const sentOnce: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-location',
  'content-md5',
  'content-range',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'x-content-type-options',
]);

/** grpc-js (node:http2 below it) gives repeated text values joined by ", ". */
export function fromGrpcMetadata(metadata: GrpcMetadata): Metadata {
  const result: [string, string][] = [];
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    if (protocolHeaders.has(name)) continue;
    for (const value of values) {
      const text = typeof value === 'string' ? value : value.toString('base64');
      if (isForwardable(text)) result.push([name, text]);
    }
  }
  return result;
}

/** Headers of the protocol itself, which are nobody's metadata. */
const protocolHeaders: ReadonlySet<string> = new Set([
  'content-type',
  'grpc-encoding',
  'grpc-accept-encoding',
  'grpc-status',
  'grpc-message',
  'grpc-status-details-bin',
]);
