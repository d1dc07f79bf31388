import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import fc from 'fast-check';
import { type RawResponse, requestBytes } from '../vectors/raw-client.ts';
import { readVectors } from '../vectors/vector.ts';
import { FuzzTarget, requestText } from './fuzz-target.ts';
import { mutated } from './mutate.ts';

/** With FUZZ_RUNS set that many runs of each property with a seed of their own; otherwise few, and always the same. */
const longRuns = Number(process.env['FUZZ_RUNS'] ?? 0);
const run = (numRuns: number): fc.Parameters<unknown> =>
  longRuns > 0 ? { numRuns: longRuns } : { numRuns, seed: 20_261_122 };

const vectors = [...readVectors().values()].flat();
const target = new FuzzTarget();

before(() => target.start());
after(() => target.close());

afterEach(async () => {
  target.backend.answer = undefined;
  assert.ok(target.isAlive, 'the gateway has died');
  const response = await target.request('GET', '/p/simple/still-here');
  assert.equal(response.status, 200);
  assert.equal(response.body.toString(), '{"note":""}');
});

/** Inputs that are sent side by side. */
function batch<T>(input: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(input, { minLength: 1, maxLength: 16, size: 'max' });
}

/** A client's fault is 4xx. 501 is for methods that nobody knows, 504 for a Grpc-Timeout of next to nothing. */
function assertNoFaultOfOurs(response: RawResponse | undefined): void {
  if (response === undefined) return;
  const { status, headers, body } = response;
  assert.ok((status >= 200 && status < 500) || status === 501 || status === 504, `HTTP ${status} ${body.toString()}`);
  if (status < 400 || body.length === 0) return;
  assert.equal(headers.get('content-type')?.[0], 'application/json');
  const error: unknown = JSON.parse(body.toString().split('\n')[0] ?? '');
  assert.ok(typeof error === 'object' && error !== null && ('code' in error || 'error' in error), body.toString());
}

test('bytes that are almost a request', async () => {
  const requests = vectors.map(({ request }) => requestBytes(request));
  await fc.assert(
    fc.asyncProperty(batch(mutated(requests)), async (batchOfBytes) => {
      await Promise.all(
        batchOfBytes.map(async (bytes) => {
          const method = bytes.toString('latin1', 0, 5) === 'HEAD ' ? 'HEAD' : 'GET';
          assertNoFaultOfOurs(await target.send(bytes, method));
        }),
      );
    }),
    run(25),
  );
});

test('bytes that are no request', async () => {
  await fc.assert(
    fc.asyncProperty(batch(fc.uint8Array({ maxLength: 300 })), async (batchOfBytes) => {
      await Promise.all(batchOfBytes.map(async (bytes) => assertNoFaultOfOurs(await target.send(Buffer.from(bytes)))));
    }),
    run(5),
  );
});

test('targets', async () => {
  const piece = fc.oneof(
    fc.constantFrom(...'/?&=%:*.;[]+,'),
    fc.constantFrom(
      '%2F',
      '%2f',
      '%',
      '%zz',
      '%00',
      '%C3%A9',
      '%FF',
      '..',
      '**',
      '{a}',
      ':archive',
      '//',
      '\u00e9',
      '#',
    ),
    fc.constantFrom(
      'p/simple',
      'p/files',
      'q?',
      'p/t/int64',
      'r/over',
      's/watch/t',
      'raw/',
      'old/',
      'n/echo',
      'b/echo',
    ),
    fc.constantFrom(
      'f_int32',
      'inner.',
      'a',
      'm_ss[',
      'r_string',
      'ts',
      'dur',
      'mask',
      'st',
      'any',
      'c_str',
      'val',
      'nv',
    ),
    fc.constantFrom('1', '-1', '1e999', '9'.repeat(300), '{"a":1}', '[[[', 'true', 'NaN', '2026-01-02T03:04:05Z', '1h'),
    fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 5 }),
  );
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND');
  await fc.assert(
    fc.asyncProperty(method, fc.array(piece, { maxLength: 12 }), async (name, pieces) => {
      assertNoFaultOfOurs(await target.request(name, `/${pieces.join('')}`));
    }),
    run(400),
  );
});

test('headers', async () => {
  const name = fc.oneof(
    fc.constantFrom('Grpc-Timeout', 'TE', 'Content-Type', 'Expect', 'X-HTTP-Method-Override', 'Accept', 'Connection'),
    fc.constantFrom('Host', 'Authorization', 'X-Forwarded-For', 'X-Forwarded-Host', 'traceparent', 'Cookie', 'Upgrade'),
    fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Content-Encoding', 'Trailer', '__proto__', 'constructor'),
    fc.stringMatching(/^Grpc-Metadata-[!#$%&'*+.^_`|~0-9A-Za-z-]{0,12}$/),
    fc.stringMatching(/^Grpc-Metadata-[a-z]{1,3}-bin$/),
    fc.stringMatching(/^grpc-metadata-(te|host|connection|upgrade|grpc-[a-z]{1,8}|content-length|keep-alive|:path)$/),
  );
  const value = fc.oneof(
    fc.constantFrom('1S', '1n', '0m', '999999999S', 'trailers', 'chunked', '100-continue', 'PATCH', '5', '-1', 'close'),
    fc.constantFrom('application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=x', '/', '', 'YQ=='),
    fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 12 }),
  );
  const fields = fc.array(
    fc.tuple(name, value).map((pair) => pair.join(': ')),
    { minLength: 1, maxLength: 6 },
  );
  const method = fc.constantFrom('GET', 'POST');
  await fc.assert(
    fc.asyncProperty(batch(fc.tuple(method, fields)), async (requests) => {
      await Promise.all(
        requests.map(async ([name, lines]) => {
          assertNoFaultOfOurs(await target.send(requestText(name, '/m/call', lines)));
        }),
      );
    }),
    run(25),
  );
});

const bodyTargets = vectors
  .filter(({ request }) => request.body !== undefined)
  .map(({ request }) => `${request.method} ${request.target}`);
const jsonHeaders = ['Content-Type: application/json'];

test('JSON text', async () => {
  const odd = fc.constantFrom(
    '"\\ud83d"',
    '"\\udc00\\ud800"',
    '1e999999',
    '-0',
    '0.1e-9999',
    '9'.repeat(5000),
    '{"a":1,"a":2}',
    '{"__proto__":{"a":1},"constructor":null}',
    '{"inner":{"inner":{"a":"x","a":"y"}}}',
    '{"any":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"x/y"}}}',
    '{"any":{"@type":"type.googleapis.com/vectors.v1.Inner","@type":"a/b"}}',
    '{"fDouble":"Infinity","fInt64":1e18,"fUint64":"1.0","mIs":{"01":"a","1":"b"}}',
    '{"ts":"9999-12-31T23:59:59.999999999Z","dur":"-315576000000.999999999s"}',
    '\ufeff{}',
    '{"a":"\u0000"}',
    '\u0000',
  );
  const bodies = vectors.flatMap(({ request }) => (request.body === undefined ? [] : [Buffer.from(request.body)]));
  const body = fc.oneof(
    mutated(bodies),
    odd.map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodyTargets), body, async (methodAndTarget, bytes) => {
      const [method = '', path = ''] = methodAndTarget.split(' ');
      assertNoFaultOfOurs(await target.request(method, path, jsonHeaders, bytes));
    }),
    run(500),
  );
});

const largeBodies: readonly (readonly [name: string, body: string, status: number])[] = [
  ['lists 10,000 deep', `{"val":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400],
  ['objects 10,000 deep', `${'{"inner":'.repeat(10_000)}{}${'}'.repeat(10_000)}`, 400],
  ['unknown fields 10,000 deep', `{"zz":${'{"a":['.repeat(5000)}${']}'.repeat(5000)}}`, 400],
  ['unknown lists without an end', `{"zz":${'['.repeat(1_000_000)}`, 400],
  ['a string of 3 MiB', `{"fString":"${'a'.repeat(3 << 20)}"}`, 200],
  ['a number of 1 MiB', `{"fDouble":${'1'.repeat(1 << 20)}}`, 400],
  ['an integer with a long exponent', `{"fInt64":1e${'0'.repeat(1 << 20)}}`, 200],
  ['an integer that is mostly zeros', `{"fInt64":"1${'0'.repeat(1 << 20)}"}`, 400],
  ['a list of 1,000,000', `{"rInt32":[${'1,'.repeat(1_000_000)}1]}`, 200],
  ['100,000 unknown fields', `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(',')}}`, 200],
  ['300,000 map entries', `{"mIs":{${Array.from({ length: 300_000 }, (_, index) => `"${index}":""`).join(',')}}}`, 200],
  ['one byte more than 4 MiB', ' '.repeat((4 << 20) + 1), 413],
];

for (const [name, body, status] of largeBodies) {
  test(`JSON text: ${name}`, async () => {
    const response = await target.request('POST', '/b/whole', jsonHeaders, Buffer.from(body));
    assertNoFaultOfOurs(response);
    assert.equal(response.status, status, response.body.toString().slice(0, 300));
  });
}

test('bodies that stop in the middle', async () => {
  for (const path of ['/b/whole', '/s/collect', '/s/chat', '/raw/whole', '/q/wrap/1']) {
    for (const length of ['Content-Length: 1000', 'Transfer-Encoding: chunked']) {
      assertNoFaultOfOurs(await target.send(requestText('POST', path, [length])));
    }
  }
});

/** A broken answer of the upstream is no client's fault: 500 with code 13. */
function assertAnswered({ status, headers, body }: RawResponse): void {
  assert.ok(status === 200 || status === 500, `HTTP ${status} ${body.toString()}`);
  if (headers.get('content-type')?.[0] !== 'application/json') return;
  for (const line of body.toString().split('\n')) if (line !== '') JSON.parse(line);
  if (status === 500) assert.match(body.toString(), /"code":13\b/);
}

const answered = vectors.flatMap(({ request, answer }) =>
  request.method === 'GET' && answer !== null && answer.messages.length > 0
    ? [{ path: request.target, messages: answer.messages.map(({ base64 }) => Buffer.from(base64, 'base64')) }]
    : [],
);

test('messages from upstream', async () => {
  const messages = answered.flatMap((each) => each.messages);
  const paths = [...new Set(answered.map(({ path }) => path))].filter((path) =>
    /^\/(b|rb|raw\w*|s|old|m|n)\//.test(path),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.array(mutated(messages), { minLength: 1, maxLength: 3 }),
      async (path, found) => {
        const streams = path.startsWith('/s/');
        target.backend.answer = { messages: streams ? found : found.slice(0, 1) };
        assertAnswered(await target.request('GET', path));
      },
    ),
    run(500),
  );
});

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
};
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
const nested = (number: number, depth: number): Buffer => {
  let message: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) message = field(number, message);
  return message;
};
const anyOf = (typeUrl: string, value: Buffer): Buffer =>
  Buffer.concat([field(1, Buffer.from(typeUrl)), field(2, value)]);
const nestedAny = (depth: number): Buffer => {
  let message: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) message = anyOf('type.googleapis.com/google.protobuf.Any', message);
  return field(77, message);
};
const repeated = (message: Buffer, count: number): Buffer => Buffer.alloc(message.length * count, message);

const hostileMessages: readonly (readonly [name: string, message: Buffer, status: number])[] = [
  ['a message 99 deep', field(18, nested(3, 90)), 200],
  ['a message 10,000 deep', field(18, nested(3, 10_000)), 500],
  ['a Struct 10,000 deep', field(74, repeated(Buffer.from('32', 'hex'), 10_000)), 500],
  ['Anys 1,000 deep', nestedAny(1000), 500],
  ['a length past the end', Buffer.from('7284808080', 'hex'), 500],
  ['a length of 2^63', Buffer.from('72ffffffffffffffffff01', 'hex'), 500],
  ['a varint without an end', Buffer.alloc(50, 0xff), 500],
  ['groups without an end', repeated(Buffer.from('f307', 'hex'), 100_000), 500],
  [
    'unknown groups 10,000 deep',
    Buffer.concat([repeated(Buffer.from('f307', 'hex'), 10_000), repeated(Buffer.from('f407', 'hex'), 10_000)]),
    500,
  ],
  ['the end of a group that never began', Buffer.from('f407', 'hex'), 500],
  ['field number 0', Buffer.from('0001', 'hex'), 500],
  [
    'a packed list of 1,000,000',
    Buffer.concat([varint(30 * 8 + 2), varint(1_000_000), Buffer.alloc(1_000_000, 1)]),
    200,
  ],
  ['a list of 100,000 empty messages', repeated(Buffer.from('aa0200', 'hex'), 100_000), 200],
  ['half a packed double', Buffer.from('9202040102030405', 'hex'), 500],
  ['a string that is no UTF-8', field(14, Buffer.from('c328', 'hex')), 500],
  ['a map with the same key 100,000 times', repeated(field(50, field(1, Buffer.from('k'))), 100_000), 200],
  ['unknown fields of 3 MB', repeated(Buffer.from('f80700', 'hex'), 1_000_000), 200],
];

for (const [name, message, status] of hostileMessages) {
  test(`a message from upstream: ${name}`, async () => {
    target.backend.answer = { messages: [message] };
    const response = await target.request('GET', '/b/echo');
    assertAnswered(response);
    assert.equal(response.status, status, response.body.toString().slice(0, 300));
  });
}

test('statuses, details and metadata from upstream', async () => {
  const text = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 30,
  });
  const code = fc.oneof(fc.integer({ min: -5, max: 30 }).map(String), text, fc.constant('9'.repeat(40)));
  const message = fc.oneof(text, fc.constantFrom('%', '%zz', '%FF', '%C3%A9', '%0D%0Aa:b', '%00'));
  const base64 = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    text,
  );
  const name = fc
    .stringMatching(/^[a-z0-9_.-]{1,10}(-bin)?$/)
    .filter((key) => !/^(connection|upgrade|te|host)$/.test(key));
  await fc.assert(
    fc.asyncProperty(
      code,
      message,
      base64,
      name,
      text,
      fc.boolean(),
      async (status, words, details, key, value, trailers) => {
        const last = { 'grpc-status': status, 'grpc-message': words, 'grpc-status-details-bin': details };
        target.backend.answer = { headers: { [`x${key}`]: value }, trailers: { ...last, [`y${key}`]: value } };
        const response = await target.request('GET', '/m/call', trailers ? ['TE: trailers'] : []);
        assert.ok(response.status >= 200 && response.status < 600);
        JSON.parse(response.body.toString());
      },
    ),
    run(200),
  );
});

test('HttpBody from upstream with any content type', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.uint8Array({ maxLength: 20 }),
      async (type, data) => {
        target.backend.answer = {
          messages: [Buffer.concat([field(1, Buffer.from(type)), field(2, Buffer.from(data))])],
        };
        for (const path of ['/raw/x', '/s/download/x']) {
          const response = await target.request('GET', path);
          assert.equal(response.status, 200);
          assert.deepEqual(response.body, Buffer.from(data));
        }
      },
    ),
    run(50),
  );
});

test('clients that leave in the middle', async () => {
  const requests = vectors.map(({ request }) => requestBytes(request));
  await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      target.abandon(requests[(index * 7) % requests.length] ?? Buffer.alloc(0)),
    ),
  );
});

test('memory stays bounded through all of it', async () => {
  assert.ok((await target.peakBytes()) < 400 * 1024 * 1024);
});
