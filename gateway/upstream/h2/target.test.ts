import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StatusError } from '../../status/status-error.ts';
import { addressText } from './connect-socket.ts';
import { parseTarget } from './target.ts';

interface Row {
  readonly target: string;
  readonly authority: string;
  readonly serverName?: string;
  /** Fixed addresses, or the name to be resolved. */
  readonly addresses?: readonly string[];
  readonly dns?: string;
}

const rows: readonly Row[] = [
  { target: 'greeter:50051', authority: 'greeter:50051', serverName: 'greeter', dns: 'greeter 50051' },
  { target: 'greeter', authority: 'greeter', serverName: 'greeter', dns: 'greeter 443' },
  {
    target: 'dns:greeter.ns.svc:1',
    authority: 'greeter.ns.svc:1',
    serverName: 'greeter.ns.svc',
    dns: 'greeter.ns.svc 1',
  },
  { target: 'dns:///greeter:2', authority: 'greeter:2', serverName: 'greeter', dns: 'greeter 2' },
  { target: '127.0.0.1:3', authority: '127.0.0.1:3', addresses: ['127.0.0.1:3'] },
  { target: 'dns:///127.0.0.1:3', authority: '127.0.0.1:3', addresses: ['127.0.0.1:3'] },
  { target: '[::1]:4', authority: '[::1]:4', addresses: ['[::1]:4'] },
  { target: 'ipv4:1.2.3.4:5', authority: '1.2.3.4:5', addresses: ['1.2.3.4:5'] },
  { target: 'ipv4:1.2.3.4:5,6.7.8.9', authority: '1.2.3.4:5', addresses: ['1.2.3.4:5', '6.7.8.9:443'] },
  { target: 'ipv6:[::1]:5,[fe80::1]:6', authority: '[::1]:5', addresses: ['[::1]:5', '[fe80::1]:6'] },
  {
    target: 'unix:relative/socket',
    authority: 'localhost',
    serverName: 'localhost',
    addresses: ['unix:relative/socket'],
  },
  { target: 'unix:///run/socket', authority: 'localhost', serverName: 'localhost', addresses: ['unix:/run/socket'] },
];

describe('targets', () => {
  for (const { target, authority, serverName, addresses, dns } of rows) {
    test(target, () => {
      const parsed = parseTarget(target);
      assert.equal(parsed.authority, authority);
      assert.equal(parsed.serverName, serverName);
      assert.deepEqual(parsed.addresses?.map(addressText), addresses);
      assert.equal(parsed.dns && `${parsed.dns.host} ${parsed.dns.port}`, dns);
    });
  }
});

const bad = [
  '',
  ':50051',
  'a:b',
  'a:99999',
  'a:1:2',
  'http://a:1',
  'dns://1.1.1.1/a:1',
  'ipv4:a:1',
  'ipv4:',
  'ipv6:1.2.3.4:1',
  'a b:1',
];

describe('what is no target', () => {
  for (const target of bad) {
    test(`"${target}"`, () => {
      assert.throws(
        () => parseTarget(target),
        (error) => error instanceof StatusError && error.message === `"${target}" is not a gRPC target`,
      );
    });
  }
});
