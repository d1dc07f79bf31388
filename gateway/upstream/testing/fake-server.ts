import { createServer, type Socket } from 'node:net';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** One connection to a server that says, byte for byte, what a test wants. */
export interface FakePeer {
  /** All frames received so far. */
  readonly frames: readonly Frame[];
  /** The number of bytes received so far. */
  readonly received: number;
  readonly closed: Promise<void>;
  readonly isClosed: boolean;
  send(...bytes: readonly Uint8Array[]): void;
  /** The next frame of that type that has not been handed out yet, skipping others; rejects when the connection ends first. */
  next(type: number): Promise<Frame>;
  /** Reads nothing more. */
  stopReading(): void;
  destroy(): void;
}

export interface FakeServer {
  readonly port: number;
  /** Connections so far. */
  readonly peers: readonly FakePeer[];
  stop(): void;
}

/** `serve` is called with each connection; what it throws after the connection's end is of no interest. */
export async function startFakeServer(serve: (peer: FakePeer, index: number) => unknown): Promise<FakeServer> {
  const peers: Peer[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    Promise.resolve(serve(peer, peers.length - 1)).catch((error: unknown) => {
      if (!peer.isClosed) throw error;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    peers,
    stop() {
      server.close();
      for (const peer of peers) peer.destroy();
    },
  };
}

const prefaceBytes = 24;

class Peer implements FakePeer {
  readonly frames: Frame[] = [];
  received = 0;
  readonly closed: Promise<void>;
  isClosed = false;
  readonly #socket: Socket;
  readonly #handedOut = new Set<Frame>();
  #input = Buffer.alloc(0);
  #prefaceSeen = false;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isClosed = true;
        this.#changed();
        resolve();
      });
    });
  }

  send(...bytes: readonly Uint8Array[]): void {
    if (this.#socket.writable) this.#socket.write(Buffer.concat(bytes));
  }

  async next(type: number): Promise<Frame> {
    for (;;) {
      const found = this.frames.find((frame) => frame.type === type && !this.#handedOut.has(frame));
      if (found !== undefined) {
        this.#handedOut.add(found);
        return found;
      }
      if (this.isClosed) throw new Error(`the connection ended without a frame of type ${type}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  stopReading(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.received += chunk.length;
    this.#input = Buffer.concat([this.#input, chunk]);
    if (!this.#prefaceSeen && this.#input.length >= prefaceBytes) {
      this.#prefaceSeen = true;
      this.#input = this.#input.subarray(prefaceBytes);
    }
    while (this.#prefaceSeen && this.#input.length >= 9) {
      const length = this.#input.readUIntBE(0, 3);
      if (this.#input.length < 9 + length) break;
      this.frames.push({
        type: this.#input.readUInt8(3),
        flags: this.#input.readUInt8(4),
        streamId: this.#input.readUInt32BE(5),
        payload: this.#input.subarray(9, 9 + length),
      });
      this.#input = this.#input.subarray(9 + length);
    }
    this.#changed();
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
