import { once } from 'node:events';
import { createServer, type Http2Session, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { frameMessage } from '../vectors/scripted-backend.ts';

/** What the backend says to a call, whatever it was asked. */
export interface FuzzAnswer {
  readonly headers?: OutgoingHttpHeaders;
  /** Whole messages, which get their prefix here. */
  readonly messages?: readonly Buffer[];
  readonly trailers?: OutgoingHttpHeaders;
}

/** The shortest message that each method may answer. */
const shortest: Readonly<Record<string, string>> = {
  // name, which is required
  '/vectors.v1.OldService/Echo': '0a0161',
  // null, for a Value has to have one
  '/vectors.v1.BodyService/ValueInOut': '0800',
};

export class FuzzBackend {
  readonly #server = createServer();
  readonly #sessions = new Set<Http2Session>();
  /** undefined: a message that every client can read. */
  answer: FuzzAnswer | undefined;

  constructor() {
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => session.destroy());
    });
    this.#server.on('stream', (stream, { ':path': path = '' }) => {
      stream.on('error', () => stream.destroy());
      stream.resume();
      stream.on('end', () => this.#answer(stream, path));
    });
  }

  /** Gives the address: "127.0.0.1:port". */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
  }

  #answer(stream: ServerHttp2Stream, path: string): void {
    if (stream.destroyed || stream.closed) return;
    const usual = { messages: [Buffer.from(shortest[path] ?? '', 'hex')] };
    const { headers = {}, messages = [], trailers = {} }: FuzzAnswer = this.answer ?? usual;
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...headers }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', ...trailers }));
    for (const message of messages) stream.write(frameMessage(message));
    stream.end();
  }
}
