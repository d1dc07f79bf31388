import { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import { isForwardable, isMetadataName, isMetadataValue } from '../reserved-metadata.ts';
import type { Metadata } from '../upstream.ts';

export function toGrpcMetadata(metadata: Metadata, waitForReady: boolean): GrpcMetadata {
  const result = new GrpcMetadata({ waitForReady });
  for (const [name, value] of metadata) {
    if (!isMetadataName(name) || !isMetadataValue(value)) continue;
    result.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  }
  return result;
}

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
