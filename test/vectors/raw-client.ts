import { connect, type Socket } from 'node:net';
import type { VectorRequest } from './vector.ts';

/** An HTTP response to the last byte: names in lower case, repeated fields in order. */
export interface RawResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly trailers: ReadonlyMap<string, readonly string[]>;
  /** Bytes behind the response. */
  readonly rest: Buffer;
}

/** The request byte by byte, as Connection: close unless it says otherwise. */
export function requestBytes(request: VectorRequest): Buffer {
  const { method, target, proto = 'HTTP/1.1', headers, chunked = false } = request;
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const body = Buffer.from(
    request.body_base64 ?? request.body ?? '',
    request.body_base64 === undefined ? 'utf8' : 'base64',
  );
  const hasBody = request.body !== undefined || request.body_base64 !== undefined;
  const lines = [`${method} ${target} ${proto}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (chunked) lines.push('Transfer-Encoding: chunked');
  else if (hasBody && !names.has('content-length')) lines.push(`Content-Length: ${body.length}`);
  if (!names.has('connection')) lines.push('Connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), chunked ? inChunks(body) : body]);
}

/** Sends bytes over a connection of their own and reads one response. Rejects when none comes within the time. */
export async function exchange(port: number, bytes: Buffer, method = 'GET', timeoutMs = 10_000): Promise<RawResponse> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(bytes);
    return await readResponse(socket, method, timeoutMs);
  } finally {
    socket.destroy();
  }
}

/** The next response of a connection. */
export function readResponse(socket: Socket, method: string, timeoutMs = 10_000): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('error', reject);
      finish();
    };
    const fail = (reason: string): void =>
      settle(() =>
        reject(
          new Error(`${reason}; received ${JSON.stringify(Buffer.concat(chunks).toString('latin1').slice(0, 200))}`),
        ),
      );
    const timer = setTimeout(() => fail(`no whole response within ${timeoutMs} ms`), timeoutMs);
    const tryToParse = (ended: boolean): void => {
      const response = parseResponse(Buffer.concat(chunks), method, ended);
      if (response !== undefined) settle(() => resolve(response));
      else if (ended) fail('the connection closed within a response');
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      tryToParse(false);
    };
    const onEnd = (): void => tryToParse(true);
    socket
      .on('data', onData)
      .on('end', onEnd)
      .on('error', (error) => fail(error.message));
  });
}

/** undefined: more bytes are needed. */
function parseResponse(bytes: Buffer, method: string, ended: boolean): RawResponse | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...rows] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = parseFields(rows);
  const status = Number(first.split(' ')[1]);
  const body = bytes.subarray(headEnd + 4);
  if (status === 100) return parseResponse(body, method, ended);
  const none = new Map<string, string[]>();
  if (method === 'HEAD' || status === 204 || status === 304) {
    return { status, headers, body: Buffer.alloc(0), trailers: none, rest: body };
  }
  if (headers.get('transfer-encoding')?.[0]?.toLowerCase() === 'chunked') {
    const parsed = parseChunks(body);
    return parsed && { status, headers, ...parsed };
  }
  const [length] = headers.get('content-length') ?? [];
  if (length === undefined) return ended ? { status, headers, body, trailers: none, rest: Buffer.alloc(0) } : undefined;
  const size = Number(length);
  if (body.length < size) return undefined;
  return { status, headers, body: body.subarray(0, size), trailers: none, rest: body.subarray(size) };
}

function parseChunks(bytes: Buffer): Pick<RawResponse, 'body' | 'trailers' | 'rest'> | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (size === 0) {
      const end = bytes.indexOf('\r\n\r\n', lineEnd);
      if (end < 0) return undefined;
      const rows = bytes.toString('latin1', start, Math.max(start, end)).split('\r\n');
      return { body: Buffer.concat(pieces), trailers: parseFields(rows), rest: bytes.subarray(end + 4) };
    }
    if (bytes.length < start + size + 2) return undefined;
    pieces.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

function parseFields(rows: readonly string[]): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const row of rows) {
    const colon = row.indexOf(':');
    if (colon < 0) continue;
    const name = row.slice(0, colon).toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), row.slice(colon + 1).trim()]);
  }
  return fields;
}

function inChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += 7) {
    const piece = body.subarray(at, at + 7);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}
