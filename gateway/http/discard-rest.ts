import { finished, type Readable } from 'node:stream';

/** How long a client may go on with a body that has its answer already, in milliseconds. */
const patience = 5000;

/**
 * Reads the rest of a body into nothing. Closing the connection instead would take the answer from a client that is
 * still writing (RFC 9112, section 9.6); only one that goes on too long is cut off.
 */
export function discardRest(body: Readable): void {
  if (body.readableEnded || body.destroyed) return;
  const timer = setTimeout(() => body.destroy(), patience);
  finished(body, () => clearTimeout(timer));
  body.resume();
}
