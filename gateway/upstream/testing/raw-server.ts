import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A node:http2 server that answers by hand, for what no gRPC server says. */
export interface RawServer {
  readonly port: number;
  /** Requests seen. */
  readonly requests: number;
  stop(): Promise<void>;
}

/** Handles one request; `attempt` counts from 1. */
export type RawHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, attempt: number) => void;

export async function startRawServer(handler: RawHandler): Promise<RawServer> {
  let requests = 0;
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session.on('close', () => sessions.delete(session))));
  server.on('stream', (stream, headers) => {
    requests += 1;
    stream.on('error', () => undefined);
    handler(stream, headers, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests;
    },
    stop() {
      for (const session of sessions) session.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A message with its prefix (PROTOCOL-HTTP2.md, Length-Prefixed-Message). */
export function frame(message: Uint8Array, compressed = false): Buffer {
  const result = Buffer.alloc(5 + message.length);
  result[0] = compressed ? 1 : 0;
  result.writeUInt32BE(message.length, 1);
  result.set(message, 5);
  return result;
}

export interface RawAnswer {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
  readonly trailers?: OutgoingHttpHeaders;
}

/** Answers with status 200 and the gRPC content type, unless the headers say otherwise. */
export function answer(stream: ServerHttp2Stream, { headers, body, trailers }: RawAnswer): void {
  const complete = { ':status': 200, 'content-type': 'application/grpc', ...headers };
  if (body === undefined && trailers === undefined) {
    stream.respond(complete, { endStream: true });
    return;
  }
  stream.respond(complete, { waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
}
