import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { exchange, type RawResponse, readResponse } from '../vectors/raw-client.ts';
import { FuzzBackend } from './fuzz-backend.ts';

/** A gateway in a process of its own before a backend that says whatever it is told to. */
export class FuzzTarget {
  readonly backend = new FuzzBackend();
  #process: ChildProcess | undefined;
  #port = 0;

  async start(): Promise<void> {
    const address = await this.backend.listen();
    this.#process = fork(join(import.meta.dirname, 'gateway-process.ts'), [address], {
      execArgv: ['--max-old-space-size=128'],
    });
    const [message] = (await once(this.#process, 'message')) as [{ readonly port: number }];
    this.#port = message.port;
  }

  async close(): Promise<void> {
    if (this.#process?.connected) {
      const exited = once(this.#process, 'exit');
      this.#process.disconnect();
      await exited;
    }
    await this.backend.close();
  }

  get isAlive(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** The most memory that the process has held so far. */
  async peakBytes(): Promise<number> {
    if (this.#process === undefined) return 0;
    const answered = once(this.#process, 'message');
    this.#process.send('memory');
    const [message] = (await answered) as [{ readonly peakBytes: number }];
    return message.peakBytes;
  }

  /**
   * Sends what may not be a whole request, and hangs up when nothing comes of it. Gives the first response, or undefined
   * when the gateway closes without one; rejects when it does neither in time.
   */
  async send(bytes: Buffer, method = 'GET'): Promise<RawResponse | undefined> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true });
    const hangUp = setTimeout(() => socket.end(), 50);
    socket.once('data', () => clearTimeout(hangUp));
    try {
      socket.write(bytes);
      return await readResponse(socket, method);
    } catch (error) {
      if (socket.readableEnded) return undefined;
      throw error;
    } finally {
      clearTimeout(hangUp);
      socket.destroy();
    }
  }

  /** Sends bytes and resets the connection at once. */
  async abandon(bytes: Buffer): Promise<void> {
    const socket = connect(this.#port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(bytes, resolve));
    const closed = once(socket, 'close');
    socket.resetAndDestroy();
    await closed;
  }

  /** Sends a whole request. */
  request(method: string, target: string, headers: readonly string[] = [], body?: Buffer): Promise<RawResponse> {
    return exchange(this.#port, requestText(method, target, headers, body), method);
  }
}

/** An HTTP/1.1 request that is well-formed but for what is put into it. */
export function requestText(method: string, target: string, headers: readonly string[] = [], body?: Buffer): Buffer {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} ${target} HTTP/1.1`, 'Host: gw.test', 'Connection: close', ...length, ...headers];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}
