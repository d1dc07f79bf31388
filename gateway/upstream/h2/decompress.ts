import { gunzipSync, inflateSync } from 'node:zlib';
import { Code } from '../../status/code.ts';
import { localStatus } from '../local-status.ts';
import type { CallStatus } from '../upstream.ts';

/** What the client says it takes (grpc-accept-encoding). */
export const acceptedEncodings = 'identity,deflate,gzip';

/** The message, or the status that ends the call (https://github.com/grpc/grpc/blob/master/doc/compression.md). */
export function decompress(message: Buffer, encoding: string | undefined, maxBytes: number): Buffer | CallStatus {
  const inflate = encoding === 'gzip' ? gunzipSync : encoding === 'deflate' ? inflateSync : undefined;
  if (inflate === undefined) {
    return localStatus(Code.INTERNAL, `a compressed message with grpc-encoding "${encoding ?? 'identity'}"`);
  }
  try {
    // 0 bytes are no limit that zlib takes.
    return inflate(message, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return tooLarge
      ? localStatus(Code.RESOURCE_EXHAUSTED, `received message after decompression larger than max ${maxBytes}`)
      : localStatus(Code.INTERNAL, 'a message that cannot be decompressed');
  }
}
