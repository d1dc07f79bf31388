import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { faultsOf } from './compare.ts';
import { type OurOutcome, readVectors } from './vector.ts';
import { VectorPlayer } from './vector-player.ts';

const groups = readVectors();

test('every vector is there, with ours for each quirk and each repetition of one', () => {
  const vectors = [...groups.values()].flat();
  const quirks = new Set(vectors.filter(({ quirk }) => quirk).map(({ group, name }) => `${group}/${name}`));
  assert.equal(vectors.length, 774);
  assert.equal(quirks.size, 136);
  for (const { group, name, quirk, repeats, ours } of vectors) {
    assert.equal(ours !== undefined, quirk !== undefined || repeats !== undefined, `${group}/${name}`);
    assert.ok(repeats === undefined || quirks.has(repeats), `${group}/${name} repeats ${repeats}`);
  }
});

const unexpected = { headers: [], messages: [], trailers: [], status: { code: 12, message: 'no call was expected' } };

/** node:http2, which grpc-js stands on, refuses to send some metadata twice. */
const beyondGrpcJs: ReadonlySet<string> = new Set(['metadata/authorization twice']);

for (const transport of ['h2', 'grpc-js'] as const) {
  describe(`over ${transport}`, () => {
    const player = new VectorPlayer();
    before(() => player.start(transport));
    after(() => player.close());

    for (const [group, vectors] of groups) {
      test(`${group}: ${vectors.length} vectors`, async () => {
        const faults: string[] = [];
        for (const { name, request, answer, compare, grpc, response, ours } of vectors) {
          const own: Partial<OurOutcome> = typeof ours === 'object' ? ours : {};
          const observed = await player.play(request, own.answer ?? answer ?? unexpected);
          if (transport === 'grpc-js' && beyondGrpcJs.has(`${group}/${name}`)) continue;
          const expected = { grpc, response, ...own };
          const found = faultsOf(expected, { ...compare, ...own.compare }, observed);
          faults.push(...found.map((fault) => `${group}/${name}: ${fault}`));
        }
        assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
      });
    }
  });
}

test('docs/compatibility.md names every exchange in which we differ, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| where'));
  const named = rows
    .flatMap((row) => row.split(' | ').at(-1)?.replace(/ \|$/, '').split(', ') ?? [])
    .filter((name) => name.includes('/'));
  const different = [...groups.values()].flat().filter(({ ours }) => typeof ours === 'object');
  assert.deepEqual(named.sort(), different.map(({ group, name }) => `${group}/${name}`).sort());
});
