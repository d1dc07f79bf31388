import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of a request is still read once it is answered; past either the connection is cut. */
const lingerBytes = 16 * 1024 * 1024;
const lingerMs = 5000;

/**
 * To be called before an answer is written. When the request has not arrived as a whole by then (it is too large, or the
 * upstream did not want to hear it all), what is left of it is read and thrown away: closing a connection on bytes that
 * nobody has read resets it, and the client may lose the answer (RFC 9112, section 9.6).
 */
export function lingerOnRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || !hasBody(request) || request.httpVersion !== '1.1') return;
  const closes = !response.shouldKeepAlive;
  // Node would close as soon as the answer is written; this way it leaves that to `drain`.
  response.shouldKeepAlive = true;
  response.once('finish', () => drain(request, closes));
}

function drain(request: IncomingMessage, closes: boolean): void {
  const finish = (): void => {
    clearTimeout(timer);
    if (closes) request.socket.end();
  };
  const timer = setTimeout(() => request.destroy(), lingerMs);
  if (request.complete) {
    finish();
    return;
  }
  let left = lingerBytes;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once('end', finish);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

/** Whether the headers of a request announce a body (RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
