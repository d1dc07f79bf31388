import { status } from '@grpc/grpc-js';

/** The side of a grpc-js stream that this needs. */
export interface OpenStream {
  once(event: 'close', listener: () => void): unknown;
  emit(event: 'error', error: { readonly code: number; readonly details: string }): boolean;
}

/** Streams that last until one side leaves: they would keep a server from ever finishing its calls. */
export class OpenStreams {
  readonly #streams = new Set<OpenStream>();

  add(stream: OpenStream): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  /** Ends every stream with UNAVAILABLE: grpc-js sends what an 'error' event carries as the status. */
  endAll(): void {
    for (const stream of this.#streams) {
      stream.emit('error', { code: status.UNAVAILABLE, details: 'the server is shutting down' });
    }
    this.#streams.clear();
  }
}
