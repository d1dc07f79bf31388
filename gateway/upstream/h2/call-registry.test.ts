import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { CallRegistry, type RegisteredCall } from './call-registry.ts';

class FakeCall implements RegisteredCall {
  registrySlot = -1;
  registryTick = 0;
  registryPrevious: RegisteredCall | undefined;
  registryNext: RegisteredCall | undefined;
  expiredAt: number | undefined;
  readonly onExpiry: () => void;

  constructor(onExpiry: () => void = () => undefined) {
    this.onExpiry = onExpiry;
  }

  onDeadline(): void {
    this.expiredAt = performance.now();
    this.onExpiry();
  }

  cancel(): void {}
}

/** A clock that the test moves, in steps of a millisecond as timers do. */
function fakeClock({ mock }: TestContext): (milliseconds: number) => void {
  let now = 5000;
  mock.timers.enable({ apis: ['setInterval'] });
  mock.method(performance, 'now', () => now);
  return (milliseconds) => {
    for (let i = 0; i < milliseconds; i++) {
      now += 1;
      mock.timers.tick(1);
    }
  };
}

test('deadlines come in time: never early, at most two ticks late', (context) => {
  const advance = fakeClock(context);
  const registry = new CallRegistry();
  const waits = [1, 9, 10, 11, 100, 5115, 5120, 5125, 12_345];
  const calls = waits.map((wait) => {
    const call = new FakeCall();
    const now = performance.now();
    registry.add(call, now, now + wait);
    return { call, at: now + wait };
  });
  advance(13_000);
  for (const { call, at } of calls) {
    const late = (call.expiredAt ?? Number.POSITIVE_INFINITY) - at;
    assert.ok(late >= 0 && late <= 20, `${late} ms late`);
  }
  assert.equal(registry.size, 0);
});

test('a call that is removed, or has no deadline, never meets one', (context) => {
  const advance = fakeClock(context);
  const registry = new CallRegistry();
  const [removed, endless, late] = [new FakeCall(), new FakeCall(), new FakeCall()];
  registry.add(removed, 5000, 5100);
  registry.add(endless, 5000, Number.POSITIVE_INFINITY);
  registry.add(late, 5000, 1e12);
  registry.remove(removed);
  registry.remove(removed);
  advance(20_000);
  assert.deepEqual([removed.expiredAt, endless.expiredAt, late.expiredAt], [undefined, undefined, undefined]);
  assert.deepEqual(new Set(registry.all()), new Set([endless, late]));
  registry.remove(endless);
  registry.remove(late);
  assert.equal(registry.size, 0);
});

test('a deadline may end other calls of the same tick', (context) => {
  const advance = fakeClock(context);
  const registry = new CallRegistry();
  const calls: FakeCall[] = [];
  const removeAll = () => {
    for (const call of calls) registry.remove(call);
  };
  for (let i = 0; i < 5; i++) calls.push(new FakeCall(removeAll));
  for (const call of calls) registry.add(call, 5000, 5050);
  advance(100);
  assert.equal(calls.filter(({ expiredAt }) => expiredAt !== undefined).length, 1);
  assert.equal(registry.size, 0);
});

test('the timer runs only while there are calls', (context) => {
  const advance = fakeClock(context);
  const clear = context.mock.method(globalThis, 'clearInterval');
  const registry = new CallRegistry();
  const call = new FakeCall();
  registry.add(call, 5000, 6000);
  advance(100);
  assert.equal(clear.mock.callCount(), 0);
  registry.remove(call);
  advance(20);
  assert.equal(clear.mock.callCount(), 1);
  registry.add(call, performance.now(), performance.now() + 50);
  advance(100);
  assert.notEqual(call.expiredAt, undefined);
});

test('the lists hold whatever is added and removed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9), fc.nat(20_000)), { maxLength: 100 }), (steps) => {
      const registry = new CallRegistry();
      const calls = Array.from({ length: 10 }, () => new FakeCall());
      const expected = new Set<FakeCall>();
      for (const [adds, index, wait] of steps) {
        const call = calls[index];
        if (call === undefined) continue;
        registry.remove(call);
        expected.delete(call);
        if (!adds) continue;
        registry.add(call, 0, wait);
        expected.add(call);
      }
      assert.deepEqual(new Set(registry.all()), expected);
      assert.equal(registry.size, expected.size);
      for (const call of expected) registry.remove(call);
    }),
  );
});
