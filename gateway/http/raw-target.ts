import { METHODS } from './node-http.ts';

/** A packet from the request line on that was refused, made fit for a second try. */
export interface EncodedPacket {
  readonly bytes: Buffer;
  /** The request line does not end within the packet: its rest is to be encoded as well. */
  readonly lineIsOpen: boolean;
}

const lineFeed = 0x0a;
const closeHeader = Buffer.from('Connection: close\r\n');

/**
 * Clients send UTF-8 in request targets as it is, and other servers take it; Node's parser does not. This percent-encodes
 * the bytes outside of ASCII (RFC 3986, section 2.5) in the request line that the parser refused at byte `at` of a packet.
 * undefined: the line began in an earlier packet, or has no such byte.
 */
export function encodeRawTarget(packet: Buffer, at: number): EncodedPacket | undefined {
  const start = lineStart(packet, at);
  const method = /^([A-Z-]{3,20}) \S/.exec(packet.toString('latin1', start, start + 30))?.[1];
  if (method === undefined || !METHODS.includes(method)) return undefined;
  const lineEnd = packet.indexOf(lineFeed, at);
  const line = packet.subarray(start, lineEnd < 0 ? packet.length : lineEnd + 1);
  const encoded = encodeBytes(line);
  if (encoded.length === line.length) return undefined;
  if (lineEnd < 0) return { bytes: encoded, lineIsOpen: true };
  return { bytes: Buffer.concat([encoded, closeHeader, packet.subarray(lineEnd + 1)]), lineIsOpen: false };
}

/** The same for a packet with which a request line goes on. */
export function encodeLineRest(packet: Buffer): EncodedPacket {
  const lineEnd = packet.indexOf(lineFeed);
  if (lineEnd < 0) return { bytes: encodeBytes(packet), lineIsOpen: true };
  const line = encodeBytes(packet.subarray(0, lineEnd + 1));
  return { bytes: Buffer.concat([line, closeHeader, packet.subarray(lineEnd + 1)]), lineIsOpen: false };
}

/** Where the line begins that has byte `at`. */
export function lineStart(packet: Buffer, at: number): number {
  return at === 0 ? 0 : packet.lastIndexOf(lineFeed, at - 1) + 1;
}

function encodeBytes(line: Buffer): Buffer {
  const text = line.toString('latin1');
  const encode = (byte: string): string => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
  return Buffer.from(text.replace(/[\x80-\xff]/g, encode), 'latin1');
}
