import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The last streaming request of a connection. */
const uploads = new WeakMap<Duplex, IncomingMessage>();

/** A request whose body is a stream of messages: it lasts as long as the client likes. */
export function allowToLast(request: IncomingMessage): void {
  uploads.set(request.socket, request);
}

/** Whether what a connection is taking so long to send is a stream of messages. */
export function isLastingUpload(socket: Duplex): boolean {
  return uploads.get(socket)?.complete === false;
}
