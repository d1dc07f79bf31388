import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { fixtures, type LibraryServer, startLibraryServer } from '../../test/support/library-server.ts';
import { loadSchema } from '../schema/load-schema.ts';
import { type Schema, SchemaError } from '../schema/schema.ts';
import { StatusError } from '../status/status-error.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ProtogateOptions } from './options.ts';
import { protogate } from './plugin.ts';
import { serverOptions } from './server-options.ts';

let library: LibraryServer;
let upstream: Upstream;
let schema: Schema;
const apps: FastifyInstance[] = [];

before(async () => {
  library = await startLibraryServer();
  upstream = createUpstream(library.target);
  schema = await loadSchema({ protos: ['library/v1/library.proto'], protoPaths: [fixtures] });
});

after(async () => {
  for (const app of apps) await app.close();
  await upstream.close(0);
  library.close();
});

function newApp(): FastifyInstance {
  const app = Fastify({ ...serverOptions, logger: false, forceCloseConnections: true });
  apps.push(app);
  return app;
}

async function serveLibrary(options: Partial<ProtogateOptions> = {}): Promise<FastifyInstance> {
  const app = newApp();
  await app.register(protogate, { schema, upstream, ...options });
  return app;
}

async function listen(app: FastifyInstance): Promise<string> {
  return app.listen({ port: 0, host: '127.0.0.1' });
}

const book = { name: 'shelves/1/books/2', title: 'A title', pages: '9007199254740993', tags: [] };

describe('hooks of the app', () => {
  test('a body that one has read is not taken for an empty one', async () => {
    const app = await serveLibrary();
    app.addHook('onRequest', async (request) => {
      for await (const chunk of request.raw) assert.ok(chunk);
    });
    const origin = await listen(app);
    for (const path of ['/v1/books', '/v1/books:import']) {
      const answer = await fetch(origin + path, { method: 'POST', body: '{"title":"T"}' });
      assert.equal(answer.status, 500, path);
      assert.match(await answer.text(), /the body was read before/);
    }
    assert.equal((await fetch(`${origin}/v1/shelves/1/books/2`)).status, 200);
  });

  test('for a client that leaves while one is at work no call is made', async () => {
    const outcomes: number[] = [];
    const app = await serveLibrary({ onOutcome: (_request, { code }) => outcomes.push(code) });
    let entered: () => void = () => undefined;
    const hook = new Promise<void>((resolve) => {
      entered = resolve;
    });
    let left: () => void = () => undefined;
    const leaving = new Promise<void>((resolve) => {
      left = resolve;
    });
    app.addHook('onRequest', async (_request, reply) => {
      reply.raw.once('close', left);
      entered();
      await leaving;
    });
    const calls = library.seen.length;
    const socket = connect(Number(new URL(await listen(app)).port), '127.0.0.1');
    socket.write('GET /v1/shelves/1/books/2 HTTP/1.1\r\nHost: a\r\n\r\n');
    await hook;
    socket.destroy();
    while (outcomes.length === 0) await sleep(5);
    assert.deepEqual(outcomes, [1]);
    assert.equal(library.seen.length, calls);
  });
});

describe('unary calls', () => {
  test('a GET answers with the message as JSON', async () => {
    const app = await serveLibrary();
    const answer = await app.inject('/v1/shelves/1/books/2?full=true');
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.deepEqual(answer.json(), book);
    assert.deepEqual(library.seen.at(-1)?.request, { name: 'shelves/1/books/2', full: true });
  });

  test('HEAD is served by the GET route, without a body', async () => {
    const app = await serveLibrary();
    const answer = await app.inject({ method: 'HEAD', url: '/v1/shelves/1/books/2' });
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.body, '');
  });

  test('a POST reads the body, a PATCH fills in the field mask', async () => {
    const app = await serveLibrary();
    const posted = await app.inject({ method: 'POST', url: '/v1/books', payload: { title: 'T', tags: ['a'] } });
    assert.deepEqual(posted.json(), { name: '', title: 'T', pages: '0', tags: ['a'] });
    await app.inject({ method: 'PATCH', url: '/v1/shelves/1/books/2', payload: { title: 'T', pages: '7' } });
    assert.deepEqual(library.seen.at(-1)?.request, {
      book: { name: 'shelves/1/books/2', title: 'T', pages: '7' },
      update_mask: { paths: ['pages', 'title'] },
    });
  });

  test('an error of the service is google.rpc.Status', async () => {
    const app = await serveLibrary();
    const answer = await app.inject('/v1/shelves/1/books/missing');
    assert.equal(answer.statusCode, 404);
    assert.deepEqual(answer.json(), { code: 5, message: 'no shelves/1/books/missing', details: [] });
  });

  test('metadata becomes headers, by their own name where a setting says so, and the HTTP status', async () => {
    const app = await serveLibrary({ responseHeaders: { etag: 'ETag' }, statusMetadata: 'x-http-code' });
    const { headers } = await app.inject('/v1/shelves/1/books/headers');
    assert.equal(headers['etag'], '"7"');
    assert.equal(headers['grpc-metadata-x-shelf'], 'left');
    assert.equal((await app.inject('/v1/shelves/1/books/teapot')).statusCode, 418);
  });

  test('google.api.HttpBody passes as it is, both ways', async () => {
    const app = await serveLibrary();
    const down = await app.inject('/v1/shelves/1/books/2:download');
    assert.equal(down.headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(down.body, 'Once upon a time');
    const up = await app.inject({
      method: 'POST',
      url: '/v1/books:upload',
      headers: { 'content-type': 'text/csv' },
      payload: 'a,b\n',
    });
    assert.deepEqual(up.json(), { count: 4 });
    assert.deepEqual(library.seen.at(-1)?.request, {
      content_type: 'text/csv',
      data: Buffer.from('a,b\n'),
    });
  });
});

describe('requests that are refused', () => {
  const cases = [
    ['GET', '/v1/nowhere', undefined, 404, { code: 5, message: 'Not Found' }],
    ['DELETE', '/v1/books', undefined, 405, { code: 12, message: 'Method Not Allowed' }],
    ['GET', '/v1/%zz', undefined, 400, { code: 3, message: "'/v1/%zz' is not a valid url component" }],
    ['POST', '/v1/books', '{', 400, { code: 3 }],
    ['POST', '/v1/books', '{"pages":"many"}', 400, { code: 3 }],
    ['GET', '/v1/shelves/1/books/2?full=maybe', undefined, 400, { code: 3 }],
    ['GET', '/v1/shelves/1/books/2?full=%zz', undefined, 400, { code: 3 }],
    ['POST', '/library.v1.Library/BurnBook', '{}', 404, { code: 5, message: 'Not Found' }],
  ] as const;
  for (const [method, url, payload, status, expected] of cases) {
    test(`${method} ${url} ${payload ?? ''} is ${status}`, async () => {
      const app = await serveLibrary();
      const answer = await app.inject({
        method,
        url,
        ...(payload !== undefined && { payload, headers: { 'content-type': 'application/json' } }),
      });
      assert.equal(answer.statusCode, status);
      assert.partialDeepStrictEqual(answer.json(), { ...expected, details: [] });
      if (status === 405) assert.equal(answer.headers['allow'], 'POST, OPTIONS');
    });
  }

  test('OPTIONS tells what a path serves', async () => {
    const app = await serveLibrary();
    const answer = await app.inject({ method: 'OPTIONS', url: '/v1/shelves/1/books/2' });
    assert.equal(answer.statusCode, 204);
    assert.equal(answer.headers['allow'], 'GET, HEAD, PATCH, OPTIONS');
  });

  test('unknown names are refused on demand', async () => {
    const app = await serveLibrary({ unknownQueryParameters: 'reject', json: { unknownFields: 'reject' } });
    const query = await app.inject('/v1/shelves/1/books/2?color=red');
    assert.equal(query.statusCode, 400);
    assert.match(query.json<{ message: string }>().message, /color/);
    const body = await app.inject({ method: 'POST', url: '/v1/books', payload: { color: 'red' } });
    assert.equal(body.statusCode, 400);
    assert.match(body.json<{ message: string }>().message, /color/);
  });

  test('a body past the cap is 413, announced or not', async () => {
    const app = await serveLibrary({ maxBodyBytes: 1000 });
    const announced = await app.inject({ method: 'POST', url: '/v1/books', payload: { title: 'x'.repeat(2000) } });
    assert.equal(announced.statusCode, 413);
    assert.deepEqual(announced.json(), {
      code: 8,
      message: 'the request body is larger than 1000 bytes',
      details: [],
    });
    const url = await listen(await serveLibrary({ maxBodyBytes: 1000 }));
    const chunked = await fetch(`${url}/v1/books`, {
      method: 'POST',
      duplex: 'half',
      body: new Blob(['x'.repeat(5000)]).stream(),
    });
    assert.equal(chunked.status, 413);
    await chunked.body?.cancel();
  });

  test('an upstream that is away is 503', async () => {
    const away = createUpstream('127.0.0.1:1');
    const app = await serveLibrary({ upstream: away });
    const answer = await app.inject('/v1/shelves/1/books/2');
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.json<{ code: number }>().code, 14);
    await away.close(0);
  });
});

describe('deadlines and cancellation', () => {
  test('Grpc-Timeout is the deadline of the call', async () => {
    const app = await serveLibrary();
    const answer = await app.inject({ url: '/v1/shelves/1/books/slow', headers: { 'grpc-timeout': '100m' } });
    assert.equal(answer.statusCode, 504);
    assert.equal(answer.json<{ code: number }>().code, 4);
  });

  test('the default applies to unary calls, and to no stream', async () => {
    const app = await serveLibrary({ timeoutMs: 5000 });
    await app.inject('/v1/shelves/1/books/2');
    const timeLeft = library.seen.at(-1)?.timeLeft ?? Number.NaN;
    assert.ok(timeLeft > 1000 && timeLeft <= 5100, `${timeLeft} ms`);
    await app.inject('/v1/shelves/1/books:watch?count=1');
    assert.equal(library.seen.at(-1)?.timeLeft, Number.POSITIVE_INFINITY);
  });

  for (const path of ['/v1/shelves/1/books/slow', '/v1/shelves/1/books:watch?count=1000000']) {
    test(`a client that leaves ${path} cancels the call`, { timeout: 10_000 }, async () => {
      const url = new URL(await listen(await serveLibrary()));
      const calls = library.seen.length;
      const socket = connect(Number(url.port), url.hostname);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
      await library.arrived(calls + 1);
      socket.destroy();
      await library.seen.at(-1)?.cancelled;
    });
  }
});

describe('streams', () => {
  test('a server stream is a line a message', async () => {
    const app = await serveLibrary();
    const answer = await app.inject('/v1/shelves/1/books:watch?count=3');
    assert.equal(answer.statusCode, 200);
    const lines = answer.body.trimEnd().split('\n');
    const names = lines.map((line) => (JSON.parse(line) as { result: { name: string } }).result.name);
    assert.deepEqual(names, ['shelves/1/books/0', 'shelves/1/books/1', 'shelves/1/books/2']);
  });

  test('a stream that fails at once has the status of its error', async () => {
    const app = await serveLibrary();
    const answer = await app.inject('/v1/shelves/broken/books:watch?count=0');
    assert.equal(answer.statusCode, 400);
    assert.deepEqual(answer.json(), { error: { code: 9, message: 'the shelf broke', details: [] } });
  });

  test('a stream that fails later ends with the error', async () => {
    const app = await serveLibrary();
    const answer = await app.inject('/v1/shelves/broken/books:watch?count=1');
    assert.equal(answer.statusCode, 200);
    const last = answer.body.trimEnd().split('\n').at(-1) ?? '';
    assert.deepEqual(JSON.parse(last), { error: { code: 9, message: 'the shelf broke', details: [] } });
  });

  test('a reader that stops stops the upstream', { timeout: 20_000 }, async () => {
    const url = new URL(await listen(await serveLibrary()));
    const socket = connect(Number(url.port), url.hostname);
    socket.write('GET /v1/shelves/1/books:watch?count=1000000 HTTP/1.1\r\nHost: test\r\n\r\n');
    socket.pause();
    let written = -1;
    while (written !== library.written()) {
      written = library.written();
      await sleep(300);
    }
    assert.ok(
      written > 0 && written < 100_000,
      `${written} messages of 1 KB were written to a reader that does not read`,
    );
    socket.destroy();
  });

  test('a client stream takes values that follow each other', async () => {
    const app = await serveLibrary();
    const payload = '{"title":"a"}\n{"title":"b"}{"title":"c"}';
    const answer = await app.inject({ method: 'POST', url: '/v1/books:import', payload });
    assert.deepEqual(answer.json(), { count: 3 });
    const bad = await app.inject({ method: 'POST', url: '/v1/books:import', payload: '{"pages":[]}' });
    assert.equal(bad.statusCode, 400);
  });

  test('both directions run at once', { timeout: 10_000 }, async () => {
    const url = await listen(await serveLibrary());
    const request = httpRequest(`${url}/v1/books:echo`, { method: 'POST' });
    const response = new Promise<string[]>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (answer) => {
        const titles: string[] = [];
        answer.setEncoding('utf8').on('data', (line: string) => {
          titles.push((JSON.parse(line) as { result: { title: string } }).result.title);
          if (titles.length === 1) request.end('{"title":"second"}');
        });
        answer.on('end', () => resolve(titles));
      });
    });
    request.write('{"title":"first"}');
    assert.deepEqual(await response, ['first', 'second']);
  });
});

describe('in an app', () => {
  test('a prefix, the routes and hooks of the app, and several instances', async () => {
    const app = newApp();
    app.addHook('onSend', async (_request, reply) => {
      reply.header('x-app', 'yes');
    });
    app.get('/own', async () => ({ own: true }));
    await app.register(protogate, { schema, upstream, prefix: '/one' });
    await app.register(protogate, {
      schema,
      upstream,
      prefix: '/two',
      json: { protoNames: true, emitDefaults: false },
    });
    assert.deepEqual((await app.inject('/own')).json(), { own: true });
    const one = await app.inject('/one/v1/shelves/1/books/2');
    assert.equal(one.headers['x-app'], 'yes');
    assert.deepEqual(one.json(), book);
    const { tags: _, ...withoutDefaults } = book;
    assert.deepEqual((await app.inject('/two/v1/shelves/1/books/2')).json(), withoutDefaults);
    assert.equal((await app.inject('/v1/shelves/1/books/2')).statusCode, 404);
  });

  test('OPTIONS of every path may be declared already, as @fastify/cors does', async () => {
    const app = newApp();
    app.options('*', async (_request, reply) => reply.code(204).header('x-by', 'the app').send());
    await app.register(protogate, { schema, upstream });
    await app.register(protogate, { schema, upstream, prefix: '/below' });
    const options = async (url: string) => (await app.inject({ method: 'OPTIONS', url })).headers;
    assert.equal((await options('/v1/books'))['x-by'], 'the app');
    assert.equal((await options('/below/v1/books'))['allow'], 'POST, OPTIONS');
  });

  test('errors of its hooks go to its error handler, a StatusError of a hook is answered as one', async () => {
    const app = newApp();
    app.setErrorHandler((_error, _request, reply) => reply.code(418).send('own handler'));
    app.addHook('onRequest', async (request) => {
      if (request.headers.authorization === undefined) throw new StatusError(16, 'who are you?');
      if (request.headers.authorization === 'bad') throw new Error('bad');
    });
    await app.register(protogate, { schema, upstream });
    const unknown = await app.inject('/v1/shelves/1/books/2');
    assert.equal(unknown.statusCode, 401);
    assert.deepEqual(unknown.json(), { code: 16, message: 'who are you?', details: [] });
    const bad = await app.inject({ url: '/v1/shelves/1/books/2', headers: { authorization: 'bad' } });
    assert.deepEqual([bad.statusCode, bad.body], [418, 'own handler']);
  });

  test('onError gives errors another shape', async () => {
    const app = await serveLibrary({
      onError: (error, _request, reply) => reply.send({ error: { status: error.code, text: error.message } }),
    });
    const answer = await app.inject('/v1/shelves/1/books/missing');
    assert.equal(answer.statusCode, 404);
    assert.deepEqual(answer.json(), { error: { status: 5, text: 'no shelves/1/books/missing' } });
  });

  test('a hook that fails costs its request nothing', async () => {
    const app = await serveLibrary({
      onError: () => {
        throw new Error('onError');
      },
      onOutcome: () => {
        throw new Error('onOutcome');
      },
    });
    const answer = await app.inject('/v1/shelves/1/books/missing');
    assert.deepEqual(answer.json(), { code: 5, message: 'no shelves/1/books/missing', details: [] });
  });

  test('onOutcome is told the route and the code', async () => {
    const outcomes: unknown[] = [];
    const app = await serveLibrary({ onOutcome: (_request, outcome) => outcomes.push(outcome) });
    await app.inject('/v1/shelves/1/books/missing');
    await app.inject('/nowhere');
    assert.deepEqual(outcomes, [
      { template: '/v1/{name=shelves/*/books/*}', rpc: '/library.v1.Library/GetBook', streaming: false, code: 5 },
      { template: undefined, rpc: undefined, streaming: false, code: 5 },
    ]);
  });

  test('an upstream for a service that is not served is warned of', async () => {
    const warnings: string[] = [];
    const upstreams = { 'library.v1.Library': upstream, 'library.v1.Libary': upstream };
    await serveLibrary({ upstreams, onWarning: (warning) => warnings.push(warning) });
    assert.deepEqual(warnings, ['there is an upstream for library.v1.Libary, a service that the schema does not have']);
  });

  test('a service without an upstream fails the registration, all faults at once', async () => {
    const app = newApp();
    await assert.rejects(
      async () => app.register(protogate, { schema, upstreams: {} }),
      (error) => error instanceof SchemaError && error.faults.length === schema.bindings.length,
    );
  });
});
