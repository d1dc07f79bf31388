import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { fixtures, type LibraryServer, startLibraryServer } from '../../test/support/library-server.ts';
import { loadSchema } from '../schema/load-schema.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { protogate } from './plugin.ts';

let library: LibraryServer;
let upstream: Upstream;
let app: FastifyInstance;
let port: number;

before(async () => {
  library = await startLibraryServer();
  upstream = createUpstream(library.target);
  const schema = await loadSchema({ protos: ['library/v1/library.proto'], protoPaths: [fixtures] });
  app = Fastify({ logger: false, forceCloseConnections: true });
  await app.register(protogate, { schema, upstream, maxBodyBytes: 100_000 });
  port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
});

after(async () => {
  await app.close();
  await upstream.close(0);
  library.close();
});

/** A client that reads what it is sent while its own request is under way. */
class Client {
  readonly #socket: Socket = connect(port, '127.0.0.1');
  #received = '';

  constructor() {
    this.#socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
  }

  post(path: string): void {
    this.#socket.write(`POST ${path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n`);
  }

  chunk(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const framed = `${text.length.toString(16)}\r\n${text}\r\n`;
      this.#socket.write(framed, (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.#socket.write('0\r\n\r\n');
  }

  /** Resolves once what came holds the text; gives it, and forgets it. */
  async receive(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      assert.ok(!this.#socket.closed, `closed behind ${JSON.stringify(this.#received)}`);
      await sleep(5);
    }
    const received = this.#received;
    this.#received = '';
    return received;
  }

  close(): void {
    this.#socket.destroy();
  }
}

interface Row {
  readonly name: string;
  readonly path: string;
  /** What the client sends before it waits for the answer. */
  readonly first: string;
  readonly status: number;
  readonly answer: string;
}

const rows: readonly Row[] = [
  {
    name: 'a client stream that the upstream ends',
    path: '/v1/books:import',
    first: '{"title":"a"}{"title":"refused"}',
    status: 400,
    answer: '"the shelf is full"',
  },
  {
    name: 'a client stream whose first message is refused',
    path: '/v1/books:import',
    first: '{"title":1}',
    status: 400,
    answer: '"title: expected',
  },
  {
    name: 'a client stream whose later message is refused',
    path: '/v1/books:import',
    first: '{"title":"a"}{"title":1}',
    status: 400,
    answer: '"title: expected',
  },
  {
    name: 'both directions, ended by the upstream',
    path: '/v1/books:echo',
    first: '{"title":"The End"}',
    status: 200,
    answer: '0\r\n\r\n',
  },
  {
    name: 'a message of a stream past the cap',
    path: '/v1/books:import',
    first: `{"title":"${'x'.repeat(110_000)}`,
    status: 413,
    answer: 'larger than 100000 bytes',
  },
  {
    name: 'a body past the cap',
    path: '/v1/books',
    first: `{"title":"${'x'.repeat(110_000)}`,
    status: 413,
    answer: 'larger than 100000 bytes',
  },
  {
    name: 'a body that nobody reads',
    path: '/v1/nothing',
    first: '{',
    status: 404,
    answer: 'Not Found',
  },
];

describe('an answer that does not wait for the end of the body', () => {
  for (const { name, path, first, status, answer } of rows) {
    test(name, { timeout: 20_000 }, async () => {
      const client = new Client();
      client.post(path);
      await client.chunk(first);
      assert.match(await client.receive(answer), new RegExp(`^HTTP/1\\.1 ${status} `));
      // What is left is read, and the connection serves the next request.
      for (let count = 0; count < 50; count += 1) await client.chunk('x'.repeat(10_000));
      client.end();
      client.post('/v1/books');
      await client.chunk('{"title":"next"}');
      client.end();
      assert.match(await client.receive('"next"'), /^HTTP\/1\.1 200 /);
      client.close();
    });
  }
});
