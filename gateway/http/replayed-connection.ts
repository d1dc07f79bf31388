import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type EncodedPacket, encodeLineRest } from './raw-target.ts';

/**
 * A connection whose last packet the HTTP parser refused, as a new one that begins with that packet encoded; for
 * `server.emit('connection', …)`. It serves one request and closes.
 */
export class ReplayedConnection extends Duplex {
  readonly #socket: Socket;
  #lineIsOpen: boolean;

  constructor(socket: Socket, { bytes, lineIsOpen }: EncodedPacket) {
    super();
    this.#socket = socket;
    this.#lineIsOpen = lineIsOpen;
    // The refused parser reads no more; a listener for data takes the socket's handle back from it.
    socket.removeAllListeners('data').removeAllListeners('end');
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    socket.pause();
    this.push(bytes);
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  get remoteFamily(): string | undefined {
    return this.#socket.remoteFamily;
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  setTimeout(milliseconds: number): this {
    this.#socket.setTimeout(milliseconds);
    return this;
  }

  /** Closes once everything is written, as the HTTP server asks of a socket behind its last response. */
  destroySoon(): void {
    this.once('finish', () => this.destroy());
    this.end();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #onData(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#lineIsOpen) ({ bytes, lineIsOpen: this.#lineIsOpen } = encodeLineRest(chunk));
    if (!this.push(bytes)) this.#socket.pause();
  }
}
