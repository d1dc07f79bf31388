import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createUpstream } from '../../gateway/index.ts';
import type { Upstream } from '../../gateway/upstream/upstream.ts';
import { faultsOf, type Observed } from './compare.ts';
import { startGateway } from './gateway-under-test.ts';
import { exchange, requestBytes } from './raw-client.ts';
import { ScriptedBackend, scriptKey } from './scripted-backend.ts';
import { readVectors, type Vector } from './vector.ts';

const groups = readVectors();
const backend = new ScriptedBackend();
/** Set for the one vector that is under way. */
let script = '';
let callsStarted = 0;
let callsEnded = 0;
let whenIdle: (() => void) | undefined;
let upstream: Upstream;
let gateway: Awaited<ReturnType<typeof startGateway>>;

before(async () => {
  upstream = createUpstream(await backend.listen());
  gateway = await startGateway(watched(upstream));
});

after(async () => {
  await gateway.app.close();
  await upstream.close(0);
  await backend.close();
});

test('every vector is there, with ours for each quirk and each repetition of one', () => {
  const vectors = [...groups.values()].flat();
  const quirks = new Set(
    vectors.filter(({ quirk }) => quirk !== undefined).map(({ group, name }) => `${group}/${name}`),
  );
  assert.equal(vectors.length, 774);
  assert.equal(quirks.size, 136);
  for (const { group, name, quirk, repeats, ours } of vectors) {
    assert.equal(ours !== undefined, quirk !== undefined || repeats !== undefined, `${group}/${name}`);
    assert.ok(repeats === undefined || quirks.has(repeats), `${group}/${name} repeats ${repeats}`);
  }
});

for (const [group, vectors] of groups) {
  test(`${group}: ${vectors.length} vectors`, async () => {
    const faults: string[] = [];
    for (const vector of vectors) {
      const { name, ours = 'as recorded' } = vector;
      const observed = await play(vector);
      const expected = ours === 'as recorded' ? vector : ours;
      faults.push(...faultsOf(vector, expected, observed).map((fault) => `${group}/${name}: ${fault}`));
    }
    assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
  });
}

const noAnswer = { headers: [], messages: [], trailers: [], status: { code: 12, message: 'no call was expected' } };

async function play(vector: Vector): Promise<Observed> {
  script = `${vector.group}/${vector.name}`;
  callsStarted = 0;
  callsEnded = 0;
  const calls = backend.script(script, vector.answer ?? noAnswer);
  const response = await exchange(gateway.port, requestBytes(vector.request), vector.request.method);
  if (callsStarted > callsEnded)
    await new Promise<void>((resolve) => {
      whenIdle = resolve;
    });
  return { calls, response };
}

/** Marks every call with the vector under way, and knows when all of its calls are over. */
function watched(inner: Upstream): Upstream {
  return {
    start(request, listener) {
      callsStarted += 1;
      return inner.start(
        { ...request, metadata: [...request.metadata, [scriptKey, script]] },
        {
          onHeaders: (metadata) => listener.onHeaders(metadata),
          onMessage: (message) => listener.onMessage(message),
          onDrain: () => listener.onDrain?.(),
          onStatus(status) {
            listener.onStatus(status);
            callsEnded += 1;
            if (callsStarted === callsEnded) whenIdle?.();
          },
        },
      );
    },
    ready: (timeoutMs) => inner.ready(timeoutMs),
    close: (graceMs) => inner.close(graceMs),
  };
}
