import assert from 'node:assert/strict';
import { ServerCredentials } from '@grpc/grpc-js';
import { Code } from '../../status/code.ts';
import { certificate } from './certificates.ts';
import { path, startEchoServer } from './echo-server.ts';
import { recordCall, unary } from './record-call.ts';
import type { Case } from './run-cases.ts';

const serverKeys = [{ private_key: certificate('server-key'), cert_chain: certificate('server') }];
const tls = () => ServerCredentials.createSsl(null, serverKeys);
const mutualTls = () => ServerCredentials.createSsl(certificate('ca'), serverKeys, true);

export const tlsCases: readonly Case[] = [
  {
    name: 'TLS',
    async run({ open, using }) {
      const server = using(await startEchoServer(0, tls()));
      const upstream = open(server.port, { tls: { rootCertificates: certificate('ca') } });
      assert.equal((await unary(upstream)).code, Code.OK);
      const big = recordCall(upstream, { path: path('Count'), message: Buffer.from('3 1000000') });
      assert.equal((await big.status).code, Code.OK);
      assert.equal(big.messages.length, 3);
    },
  },
  {
    name: 'TLS: the server name is the one that was asked for',
    async run({ open, using }) {
      const server = using(await startEchoServer(0, tls()));
      const rootCertificates = certificate('ca');
      const right = open(server.port, { tls: { rootCertificates, serverName: 'upstream.test' } });
      assert.equal((await unary(right)).code, Code.OK);
      const wrong = open(server.port, { tls: { rootCertificates, serverName: 'other.test' } });
      assert.equal((await unary(wrong)).code, Code.UNAVAILABLE);
      // Also one that is an address: it is no other place to connect to.
      const address = open(server.port, { tls: { rootCertificates, serverName: '127.0.0.2' } });
      assert.equal((await unary(address)).code, Code.UNAVAILABLE);
      const other = open('127.0.0.2:1', { tls: { rootCertificates, serverName: '127.0.0.1' } });
      assert.equal((await unary(other)).code, Code.UNAVAILABLE);
      const named = open(`localhost:${server.port}`, { tls: { rootCertificates, serverName: '127.0.0.1' } });
      assert.equal((await unary(named)).code, Code.OK);
    },
  },
  {
    name: 'TLS: a server that an unknown authority signed is refused',
    async run({ open, using }) {
      const server = using(await startEchoServer(0, tls()));
      assert.equal((await unary(open(server.port, { tls: {} }))).code, Code.UNAVAILABLE);
    },
  },
  {
    name: 'TLS to a server of plain text, and plain text to a server of TLS',
    async run({ open, using }) {
      const plain = using(await startEchoServer());
      const secure = using(await startEchoServer(0, tls()));
      const rootCertificates = certificate('ca');
      assert.equal((await unary(open(plain.port, { tls: { rootCertificates } }))).code, Code.UNAVAILABLE);
      assert.equal((await unary(open(secure.port))).code, Code.UNAVAILABLE);
    },
  },
  {
    name: 'mutual TLS: with the certificate of the client, and without',
    async run({ open, using }) {
      const server = using(await startEchoServer(0, mutualTls()));
      const rootCertificates = certificate('ca');
      const client = { clientCertificate: certificate('client'), clientKey: certificate('client-key') };
      assert.equal((await unary(open(server.port, { tls: { rootCertificates, ...client } }))).code, Code.OK);
      assert.equal((await unary(open(server.port, { tls: { rootCertificates } }))).code, Code.UNAVAILABLE);
    },
  },
];
