import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { isLastingUpload } from './lasting-uploads.ts';
import { STATUS_CODES } from './node-http.ts';
import { encodeRawTarget, lineStart } from './raw-target.ts';
import { ReplayedConnection } from './replayed-connection.ts';
import { statusBody } from './status-body.ts';

/** What node:http says of a request that it could not parse (https://nodejs.org/api/http.html#event-clienterror). */
export interface ClientError extends Error {
  readonly code?: string | undefined;
  /** A Buffer: the packet that was refused. */
  readonly rawPacket?: unknown;
  /** How far it was read. */
  readonly bytesParsed?: number | undefined;
}

/**
 * Answers what is no HTTP with google.rpc.Status JSON and closes, behind the responses that are still due. A request
 * whose only fault is a target that is not percent-encoded is served.
 */
export function answerClientError(server: Server, error: ClientError, socket: Socket): void {
  if (givenUp.has(socket)) return;
  // Node holds every request to its requestTimeout; having been told once, it does not ask again for this one.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isLastingUpload(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  givenUp.add(socket);
  const packet = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
  const at = error.bytesParsed ?? 0;
  const encoded = error.code === 'HPE_INVALID_URL' ? encodeRawTarget(packet, at) : undefined;
  if (encoded === undefined) {
    const refusal = refusalOf(error.code, packet.subarray(lineStart(packet, at)));
    socket.removeAllListeners('data').on('data', () => undefined);
    socket.pause();
    whenAnswered(socket, () => refuse(socket, refusal));
    return;
  }
  const connection = new ReplayedConnection(socket, encoded);
  whenAnswered(socket, () => {
    socket.setTimeout(0);
    if (!connection.destroyed) server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', connection);
  });
}

/** Sockets whose parser is done for: what it still has to say of them (a request that timed out …) is moot. */
const givenUp = new WeakSet<Socket>();

/** What node:http keeps of a connection: the response that has its turn. */
interface HttpSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/** Calls `then` once the responses to earlier requests on the connection are written (RFC 9112, section 9.3.2). */
function whenAnswered(socket: HttpSocket, then: () => void): void {
  const response = socket._httpMessage;
  // A request that is not complete is the one whose body was refused.
  if (response?.req.complete) response.once('close', () => whenAnswered(socket, then));
  else then();
}

/** @param rest of the packet, from the line on that was refused. */
function refusalOf(code: string | undefined, rest: Buffer): StatusError {
  switch (code) {
    case 'HPE_INVALID_METHOD':
      // RFC 9110, section 9.1: 501 for a method that is not known, if the line is a request line at all.
      if (requestLine.test(rest.toString('latin1', 0, 8192))) {
        return new StatusError(Code.UNIMPLEMENTED, 'Method Not Allowed', { httpStatus: 501 });
      }
      break;
    case 'HPE_HEADER_OVERFLOW':
      return new StatusError(Code.INVALID_ARGUMENT, 'the header fields are too large', { httpStatus: 431 });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new StatusError(Code.INVALID_ARGUMENT, 'the chunk extensions are too large', { httpStatus: 413 });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new StatusError(Code.DEADLINE_EXCEEDED, 'the request took too long to arrive', { httpStatus: 408 });
  }
  return new StatusError(Code.INVALID_ARGUMENT, 'malformed HTTP request');
}

const requestLine = /^[\w!#$%&'*+.^`|~-]{1,50} \S+ HTTP\/1\.[01]\r?\n/;

function refuse(socket: HttpSocket, refusal: StatusError): void {
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const status = refusal.httpStatus ?? 400;
  const body = statusBody(refusal, undefined);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
