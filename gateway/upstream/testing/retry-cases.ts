import assert from 'node:assert/strict';
import { Code } from '../../status/code.ts';
import { defaultUpstreamOptions } from '../upstream-options.ts';
import { answer, type RawHandler, startRawServer } from './raw-server.ts';
import { message, recordCall } from './record-call.ts';
import { type Case, until } from './run-cases.ts';

interface RetryRow {
  readonly name: string;
  readonly idempotent: boolean;
  readonly handler: RawHandler;
  readonly requests: number;
  readonly code: number;
}

const unavailable = { 'grpc-status': '14', 'grpc-message': 'busy' };

/** Fails so many times, then succeeds. */
const failing =
  (times: number, headers: Readonly<Record<string, string>> = unavailable): RawHandler =>
  (stream, _headers, attempt) =>
    answer(stream, attempt <= times ? { headers } : { trailers: { 'grpc-status': '0' } });

const retryRows: readonly RetryRow[] = [
  { name: 'two failures', idempotent: true, handler: failing(2), requests: 3, code: Code.OK },
  { name: 'one failure too many', idempotent: true, handler: failing(3), requests: 3, code: Code.UNAVAILABLE },
  {
    name: 'a call that may not be repeated',
    idempotent: false,
    handler: failing(1),
    requests: 1,
    code: Code.UNAVAILABLE,
  },
  {
    name: 'another status',
    idempotent: true,
    handler: failing(1, { 'grpc-status': '13' }),
    requests: 1,
    code: Code.INTERNAL,
  },
  {
    name: 'an answer that had begun',
    idempotent: true,
    handler: (stream) => answer(stream, { trailers: unavailable }),
    requests: 1,
    code: Code.UNAVAILABLE,
  },
  {
    name: 'a server that asks for no more',
    idempotent: true,
    handler: failing(1, { ...unavailable, 'grpc-retry-pushback-ms': '-1' }),
    requests: 1,
    code: Code.UNAVAILABLE,
  },
  {
    name: 'a server that names the time',
    idempotent: true,
    handler: failing(1, { ...unavailable, 'grpc-retry-pushback-ms': '3' }),
    requests: 2,
    code: Code.OK,
  },
  {
    name: 'a time past the deadline',
    idempotent: true,
    handler: failing(1, { ...unavailable, 'grpc-retry-pushback-ms': '50000' }),
    requests: 1,
    code: Code.UNAVAILABLE,
  },
  {
    name: 'a stream refused once is no attempt',
    idempotent: false,
    handler: (stream, _headers, attempt) => {
      if (attempt === 1) stream.close(7);
      else answer(stream, { trailers: { 'grpc-status': '0' } });
    },
    requests: 2,
    code: Code.OK,
  },
];

const retry = { ...defaultUpstreamOptions.retry, maxAttempts: 3 };

export const retryCases: readonly Case[] = [
  ...retryRows.map(
    ({ name, idempotent, handler, requests, code }): Case => ({
      name,
      async run({ open, using }) {
        const server = using(await startRawServer(handler));
        const call = recordCall(open(server.port, { retry }), { path: '/raw', message, idempotent });
        assert.equal((await call.status).code, code);
        assert.equal(server.requests, requests);
      },
    }),
  ),
  {
    name: 'the server is told of earlier attempts',
    async run({ open, using }) {
      const told: unknown[] = [];
      const server = using(
        await startRawServer((stream, headers, attempt) => {
          told.push(headers['grpc-previous-rpc-attempts']);
          failing(2)(stream, headers, attempt);
        }),
      );
      await recordCall(open(server.port, { retry }), { path: '/raw', message, idempotent: true }).status;
      assert.deepEqual(told, [undefined, '1', '2']);
    },
  },
  {
    name: 'cancelled between two attempts',
    async run({ open, using }) {
      const server = using(await startRawServer(failing(9, { ...unavailable, 'grpc-retry-pushback-ms': '10000' })));
      const recorded = recordCall(open(server.port, { retry }), { path: '/raw', message, idempotent: true });
      await until(() => server.requests === 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      recorded.call.cancel();
      assert.equal((await recorded.status).code, Code.CANCELLED);
      assert.equal(server.requests, 1);
    },
  },
];
