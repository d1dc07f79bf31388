import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addressText } from './connect-socket.ts';
import { DnsResolver } from './resolver.ts';

/** A resolver on a clock and a name server that the test moves. */
function fakes({ mock }: TestContext) {
  let now = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => now);
  const told: string[] = [];
  const answers: (readonly string[] | Error)[] = [];
  let lookups = 0;
  const resolver = new DnsResolver({
    host: 'greeter',
    port: 7,
    listener: {
      onAddresses: (addresses) => told.push(addresses.map(addressText).join(' ')),
      onFailure: (reason) => told.push(reason),
    },
    lookup: async (host) => {
      assert.equal(host, 'greeter');
      lookups += 1;
      const answer = answers.shift() ?? ['1.1.1.1'];
      if (answer instanceof Error) throw answer;
      return answer.map((address) => ({ address }));
    },
  });
  return {
    resolver,
    told,
    answers,
    lookups: () => lookups,
    async advance(milliseconds: number): Promise<void> {
      now += milliseconds;
      mock.timers.tick(milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('looks up once at the start, and again every 30 seconds', async (context) => {
  const { resolver, told, answers, advance } = fakes(context);
  answers.push(['1.1.1.1', '::1'], ['2.2.2.2']);
  resolver.start();
  resolver.start();
  await advance(0);
  resolver.start();
  assert.deepEqual(told, ['1.1.1.1:7 [::1]:7']);
  await advance(29_999);
  assert.equal(told.length, 1);
  await advance(1);
  assert.deepEqual(told, ['1.1.1.1:7 [::1]:7', '2.2.2.2:7']);
  resolver.stop();
});

test('refreshed as often as connections break, but not more than every five seconds', async (context) => {
  const { resolver, lookups, advance } = fakes(context);
  resolver.start();
  await advance(1000);
  for (let i = 0; i < 10; i++) resolver.refresh();
  await advance(3999);
  resolver.refresh();
  assert.equal(lookups(), 1);
  await advance(1);
  assert.equal(lookups(), 2);
  await advance(10_000);
  resolver.refresh();
  await advance(0);
  assert.equal(lookups(), 3);
  resolver.stop();
});

test('after a failure it tries again in five seconds', async (context) => {
  const { resolver, told, answers, advance } = fakes(context);
  answers.push(new Error('ENOTFOUND'));
  resolver.start();
  await advance(0);
  await advance(5000);
  assert.deepEqual(told, ['ENOTFOUND', '1.1.1.1:7']);
  resolver.stop();
});

test('stopped, it says and does nothing more', async (context) => {
  const { resolver, told, lookups, advance } = fakes(context);
  resolver.start();
  resolver.stop();
  resolver.refresh();
  await advance(100_000);
  assert.deepEqual([told, lookups()], [[], 1]);
});
