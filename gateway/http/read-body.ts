import type { Readable } from 'node:stream';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Of the Content-Length header, which may be missing. */
  readonly announcedBytes: number | undefined;
}

/**
 * Reads a whole body and calls `done` once: with the bytes, or with RESOURCE_EXHAUSTED (HTTP 413) as soon as they are
 * known to be too many, or CANCELLED when the body is cut short. Callbacks, for this stands in every request's way.
 */
export function readBody(
  stream: Readable | undefined,
  { maxBytes, announcedBytes = 0 }: BodyLimits,
  done: (body: Buffer | StatusError) => void,
): void {
  if (announcedBytes > maxBytes) {
    done(bodyTooLarge(maxBytes));
    return;
  }
  if (stream === undefined) {
    done(Buffer.alloc(0));
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (body: Buffer | StatusError): void => {
    stream.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
    done(body);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) finish(bodyTooLarge(maxBytes));
    else chunks.push(chunk);
  };
  const onEnd = (): void => finish(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
  const onCut = (): void => finish(new StatusError(Code.CANCELLED, 'the request body was cut short'));
  stream.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
}

function bodyTooLarge(maxBytes: number): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, `the request body is larger than ${maxBytes} bytes`, {
    httpStatus: 413,
  });
}
