import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Address } from './connect-socket.ts';
import type { Connection } from './connection.ts';
import type { ConnectionListener } from './connection-listener.ts';
import { RoundRobin } from './round-robin.ts';
import { Subchannel } from './subchannel.ts';

type FakeConnection = Pick<Connection, 'hasServed' | 'open' | 'close' | 'destroy'> & {
  isIdle: boolean;
  isOpen: boolean;
  isFull: boolean;
  readonly keepaliveMs: number;
  readonly address: string;
  readonly listener: ConnectionListener;
  closed: string;
};

/** Subchannels whose connections stand, fall and fill as a test says. */
function fakes({ mock }: TestContext) {
  let now = 0;
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  mock.method(performance, 'now', () => now);
  mock.method(Math, 'random', () => 0.5);
  const connections: FakeConnection[] = [];
  const events: string[] = [];
  const create = (address: Address) =>
    new Subchannel({
      address,
      listener: {
        onStateChange: () => undefined,
        onRoom: () => undefined,
        onEvent: (event, where, reason) => events.push([event, where, ...(reason ?? '').split(' ')].join(' ').trim()),
      },
      keepaliveMs: 1000,
      connect: (to, keepaliveMs, listener) => {
        const connection = {
          address: to.kind === 'tcp' ? to.host : to.path,
          listener,
          isOpen: true,
          isIdle: false,
          isFull: false,
          keepaliveMs,
          hasServed: false,
          closed: '',
          open: () => undefined,
          close() {
            this.closed = 'closed';
          },
          destroy(reason: string) {
            this.closed = reason;
          },
        };
        connections.push(connection);
        return connection as unknown as Connection;
      },
    });
  return {
    balancer: new RoundRobin(create),
    connections,
    events,
    advance(milliseconds: number): void {
      now += milliseconds;
      mock.timers.tick(milliseconds);
    },
  };
}

const address = (host: string): Address => ({ kind: 'tcp', host, port: 1 });
const picked = (balancer: RoundRobin): string | undefined =>
  (balancer.pick() as unknown as FakeConnection | undefined)?.address;

test('calls go in turn to all that are connected', (context) => {
  const { balancer, connections } = fakes(context);
  assert.deepEqual([balancer.state, picked(balancer)], ['idle', undefined]);
  balancer.update([address('a'), address('b'), address('c')]);
  assert.deepEqual([balancer.state, picked(balancer)], ['connecting', undefined]);
  connections[0]?.listener.onReady();
  connections[2]?.listener.onReady();
  assert.equal(balancer.state, 'ready');
  assert.deepEqual(
    Array.from({ length: 4 }, () => picked(balancer)),
    ['c', 'a', 'c', 'a'],
  );
  connections[1]?.listener.onClosed('refused');
  assert.equal(balancer.state, 'ready');
});

test('addresses that are gone get no new calls; those that stay keep their connection', (context) => {
  const { balancer, connections } = fakes(context);
  balancer.update([address('a'), address('b')]);
  for (const { listener } of connections) listener.onReady();
  balancer.update([address('b'), address('c'), address('c')]);
  assert.deepEqual(
    connections.map(({ address: host, closed }) => `${host} ${closed}`.trim()),
    ['a closed', 'b', 'c'],
  );
  assert.deepEqual([picked(balancer), picked(balancer)], ['b', 'b']);
});

test('an address that fails is tried again by the back-off, and fails calls meanwhile', (context) => {
  const { balancer, connections, events, advance } = fakes(context);
  balancer.update([address('a')]);
  connections[0]?.listener.onClosed('refused');
  assert.equal(balancer.state, 'failing');
  advance(999);
  assert.equal(connections.length, 1);
  advance(1);
  assert.deepEqual([connections.length, balancer.state], [2, 'failing']);
  advance(500);
  connections[1]?.listener.onClosed('refused again');
  // 1.6 s after the start of the second attempt.
  advance(1099);
  assert.equal(connections.length, 2);
  advance(1);
  connections[2]?.listener.onReady();
  assert.equal(balancer.state, 'ready');
  assert.deepEqual(events, ['connect-failed a:1 refused', 'connect-failed a:1 refused again', 'connected a:1']);
});

test('a connection that is lost after a while is made again at once', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a')]);
  connections[0]?.listener.onReady();
  advance(1000);
  connections[0]?.listener.onClosed('reset');
  assert.deepEqual([connections.length, balancer.state], [2, 'connecting']);
});

test('a connection that does not last counts as a failure; with GOAWAY calls wait for the next one', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a')]);
  connections[0]?.listener.onReady();
  advance(10);
  connections[0]?.listener.onClosed('reset');
  assert.deepEqual([connections.length, balancer.state], [1, 'failing']);
  advance(990);
  connections[1]?.listener.onReady();
  advance(10);
  connections[1]?.listener.onDraining('GOAWAY');
  assert.deepEqual([connections.length, balancer.state], [2, 'connecting']);
});

test('a connection that has served is made again at once, however short it was', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a')]);
  for (let i = 0; i < 3; i++) {
    advance(10);
    const connection = connections.at(-1);
    connection?.listener.onReady();
    if (connection !== undefined) connection.hasServed = true;
    if (i % 2 === 0) connection?.listener.onDraining('GOAWAY');
    else connection?.listener.onClosed('reset');
    assert.deepEqual([connections.length, balancer.state], [i + 2, 'connecting']);
  }
});

test('where further connections were refused, the first is still made again at once', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a')]);
  const [first] = connections;
  assert.ok(first !== undefined);
  first.listener.onReady();
  first.hasServed = true;
  first.isFull = true;
  balancer.expand();
  connections[1]?.listener.onClosed('refused');
  first.listener.onDraining('GOAWAY');
  assert.deepEqual([connections.length, balancer.state], [3, 'connecting']);
  connections[2]?.listener.onReady();
  advance(200_000);
  assert.deepEqual([connections.length, balancer.state], [3, 'ready']);
});

test('full connections get company, up to eight; what is not needed any more goes', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a')]);
  for (let i = 1; i < 10; i++) {
    connections.at(-1)?.listener.onReady();
    balancer.expand();
    assert.equal(connections.length, Math.max(1, i), 'not before all are full');
    for (const connection of connections) connection.isFull = true;
    balancer.expand();
    balancer.expand();
    if (connections.length === 8) break;
  }
  assert.equal(connections.length, 8);
  connections.at(-1)?.listener.onReady();
  for (const connection of connections) connection.isIdle = true;
  advance(30_000);
  assert.deepEqual(
    connections.map(({ closed }) => closed),
    ['', '', '', '', '', '', '', 'closed'],
  );
});

test('a server that complains of PING gets half as many on the next connection', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a')]);
  connections[0]?.listener.onReady();
  advance(2000);
  connections[0]?.listener.onTooManyPings();
  connections[0]?.listener.onDraining('GOAWAY');
  assert.deepEqual(
    connections.map(({ keepaliveMs }) => keepaliveMs),
    [1000, 2000],
  );
});

test('destroyed, it tries no more', (context) => {
  const { balancer, connections, advance } = fakes(context);
  balancer.update([address('a'), address('b')]);
  connections[0]?.listener.onReady();
  connections[1]?.listener.onClosed('refused');
  balancer.destroy('the end');
  connections[0]?.listener.onClosed('the end');
  advance(200_000);
  assert.deepEqual([connections.length, connections[0]?.closed], [2, 'the end']);
});
