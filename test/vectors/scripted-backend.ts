import { once } from 'node:events';
import { createServer, type Http2Session, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { VectorAnswer } from './vector.ts';

/** A call as it arrived, to the last header. */
export interface ReceivedCall {
  readonly method: string;
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly timeoutMs: number | undefined;
  /** Whole messages, without their prefix. */
  readonly messages: readonly Buffer[];
}

/** The metadata by which a call says which script it is for; no part of the call that is recorded. */
export const scriptKey = 'x-test-script';

/**
 * A gRPC server that gives a canned answer to any method and keeps what it was asked. It stands on node:http2, not on
 * a gRPC library, so that it sees repeated metadata as sent and can answer what such a library would not
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
export class ScriptedBackend {
  readonly #server = createServer();
  readonly #sessions = new Set<Http2Session>();
  readonly #scripts = new Map<string, { readonly answer: VectorAnswer; readonly calls: ReceivedCall[] }>();

  constructor() {
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => session.destroy());
    });
    this.#server.on('stream', (stream, _headers, _flags, rawHeaders) => this.#serve(stream, rawHeaders));
  }

  /** Gives the address: "127.0.0.1:port". */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Calls that carry `id` get `answer`; the list that it gives fills with them. */
  script(id: string, answer: VectorAnswer): readonly ReceivedCall[] {
    const calls: ReceivedCall[] = [];
    this.#scripts.set(id, { answer, calls });
    return calls;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
  }

  #serve(stream: ServerHttp2Stream, rawHeaders: readonly string[]): void {
    stream.on('error', () => stream.destroy());
    const metadata = new Map<string, string[]>();
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = String(rawHeaders[index]);
      metadata.set(name, [...(metadata.get(name) ?? []), String(rawHeaders[index + 1])]);
    }
    const take = (name: string): string => {
      const [value = ''] = metadata.get(name) ?? [];
      metadata.delete(name);
      return value;
    };
    const script = this.#scripts.get(take(scriptKey));
    if (script === undefined) {
      stream.respond({ ...grpcHead, 'grpc-status': '12' }, { ...undated, endStream: true });
      return;
    }
    const method = take(':path');
    const timeoutMs = timeoutOf(take('grpc-timeout'));
    for (const name of metadata.keys()) if (name.startsWith(':')) metadata.delete(name);
    const messages: Buffer[] = [];
    script.calls.push({ method, metadata, timeoutMs, messages });
    readMessages(stream, messages);
    if (script.answer.before_request_end) answer(stream, script.answer);
    else stream.on('end', () => answer(stream, script.answer));
  }
}

const grpcHead = { ':status': 200, 'content-type': 'application/grpc' };

/** For `respond`: no Date header, which Node would add and nobody scripted. */
const undated = { sendDate: false };

function answer(stream: ServerHttp2Stream, { headers, messages, trailers, status }: VectorAnswer): void {
  if (stream.destroyed || stream.closed) return;
  const last = {
    'grpc-status': String(status.code),
    ...(status.message !== '' && { 'grpc-message': percentEncode(status.message) }),
    ...(status.details_base64 !== undefined && { 'grpc-status-details-bin': status.details_base64 }),
    ...grouped(trailers),
  };
  if (headers.length === 0 && messages.length === 0) {
    stream.respond({ ...grpcHead, ...last }, { ...undated, endStream: true });
    return;
  }
  stream.respond({ ...grpcHead, ...grouped(headers) }, { ...undated, waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(last));
  for (const { base64 } of messages) stream.write(frameMessage(Buffer.from(base64, 'base64')));
  stream.end();
}

export function frameMessage(message: Buffer): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, 5);
  return frame;
}

function readMessages(stream: ServerHttp2Stream, messages: Buffer[]): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      messages.push(rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  });
  stream.resume();
}

function grouped(metadata: VectorAnswer['headers']): OutgoingHttpHeaders {
  const groups = Map.groupBy(metadata, ([name]) => name.toLowerCase());
  return Object.fromEntries([...groups].map(([name, entries]) => [name, entries.map(([, value]) => value)]));
}

/** Status-Message of the gRPC protocol: space to tilde but for "%", everything else as escaped UTF-8. */
function percentEncode(message: string): string {
  return Buffer.from(message).reduce(
    (text, byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? text + String.fromCharCode(byte)
        : `${text}%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    '',
  );
}

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

function timeoutOf(text: string): number | undefined {
  return text === '' ? undefined : Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] ?? Number.NaN);
}
