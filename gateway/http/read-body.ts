import type { Readable } from 'node:stream';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';

/** The whole body. Throws RESOURCE_EXHAUSTED (HTTP 413) as soon as it is known to be larger than `maxBytes`. */
export async function readBody(stream: Readable, maxBytes: number, contentLength: string | undefined): Promise<Buffer> {
  if (contentLength !== undefined && Number(contentLength) > maxBytes) throw bodyTooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw bodyTooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (thrown) {
    if (thrown instanceof StatusError) throw thrown;
    throw new StatusError(Code.CANCELLED, 'the request body was cut short', { cause: thrown });
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

/** Closes the connection: what is left of the body is not read. */
export function bodyTooLarge(maxBytes: number): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, `the request body is larger than ${maxBytes} bytes`, {
    httpStatus: 413,
    headers: { connection: 'close' },
  });
}
