import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import type { UpstreamTls } from '../upstream-options.ts';

/** Where a server listens. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export function addressText(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

export interface ConnectOptions {
  readonly address: Address;
  readonly tls: UpstreamTls | undefined;
  /** The name in the server's certificate; undefined: its address. */
  readonly serverName: string | undefined;
  readonly onConnect: () => void;
  /** Bytes that arrived: `chunk` up to `length`, overwritten by the next ones. */
  readonly onRead: (chunk: Buffer, length: number) => void;
}

const readBufferBytes = 64 * 1024;

/**
 * Reads go into one buffer by `onread`, past the machinery of Node's streams: no buffer and no event a read. Errors and
 * the end come as the socket's events.
 */
export function connectSocket({ address, tls, serverName, onConnect, onRead }: ConnectOptions): Socket {
  const chunk = Buffer.allocUnsafeSlow(readBufferBytes);
  const onread = {
    buffer: chunk,
    callback(length: number): boolean {
      onRead(chunk, length);
      return true;
    },
  };
  const where = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  if (tls === undefined) return connect({ ...where, onread, noDelay: true }, onConnect);
  // Node takes `onread` and `noDelay` here as for plain sockets; the type leaves them out.
  const options: ConnectionOptions & { onread: typeof onread; noDelay: boolean } = {
    ...where,
    onread,
    noDelay: true,
    ALPNProtocols: ['h2'],
    minVersion: 'TLSv1.2',
    // An IP address is no SNI (RFC 6066, section 3).
    ...(serverName !== undefined && isIP(serverName) === 0 && { servername: serverName }),
    checkServerIdentity: (host, certificate) => checkServerIdentity(serverName ?? host, certificate),
    ...(tls.rootCertificates && { ca: tls.rootCertificates }),
    ...(tls.clientCertificate && { cert: tls.clientCertificate }),
    ...(tls.clientKey && { key: tls.clientKey }),
  };
  const secure = connectTls(options);
  secure.on('secureConnect', () => {
    if (secure.alpnProtocol === 'h2') onConnect();
    else secure.destroy(new Error('the server does not speak HTTP/2 (ALPN)'));
  });
  return secure;
}

/** Time for the last bytes to leave before a socket is closed regardless. */
const lingerMs = 1000;

/** Closes a socket once what was written is out. */
export function closeSocket(socket: Socket): void {
  socket.destroySoon();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
