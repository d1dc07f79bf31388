import type { HeaderBlock } from './header-block.ts';
import type { OutgoingMessages } from './outgoing-messages.ts';
import type { ReceiveWindow } from './receive-window.ts';

/** A request on a connection, as the connection sees it. After `onReset` and `onLost` it hears no more. */
export interface Stream {
  readonly path: string;
  readonly metadata: readonly (readonly [name: string, value: string])[];
  /** Milliseconds that are left, for grpc-timeout. */
  readonly remainingMs: number | undefined;
  readonly outgoing: OutgoingMessages;
  readonly receiveWindow: ReceiveWindow;
  /** Odd, given by the connection. */
  streamId: number;

  /** `endStream`: nothing follows, the stream has left the connection. */
  onHeaders(block: HeaderBlock, endStream: boolean): void;
  onData(chunk: Buffer, start: number, end: number): void;
  /** The server ended the stream without trailers. */
  onEndStream(): void;
  onReset(http2Code: number): void;
  /** The connection is gone; `unprocessed`: the server says that it has not looked at this stream. */
  onLost(unprocessed: boolean): void;
  /** A window or the socket has room again for what `outgoing` holds. */
  onWritable(): void;
}
