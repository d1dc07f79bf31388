import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { readSchema } from './load-schema.ts';
import { parseApiConfig } from './read-api-config.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const truth = join(import.meta.dirname, 'fixtures/truth');
const sources = readdirSync(truth, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.proto'))
  .map((name) => readFileSync(join(truth, name)));
const builtinSet = readFileSync(join(import.meta.dirname, '../gen/builtin.binpb'));

/** Small files of the set, so that a mutation hits something. */
const smallSet = (() => {
  const set = fromBinary(FileDescriptorSetSchema, builtinSet);
  set.file = set.file.filter(({ name }) => /health|httpbody|routing/.test(name));
  return Buffer.from(toBinary(FileDescriptorSetSchema, set));
})();

/** Bytes with a few of them changed, taken out, doubled, or put elsewhere. */
function mutated(original: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: original.length });
  const edit = fc.record({
    at,
    to: at,
    length: fc.nat({ max: 40 }),
    byte: fc.nat({ max: 255 }),
    kind: fc.nat({ max: 3 }),
  });
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) =>
    edits.reduce((bytes, { at: start, to, length, byte, kind }) => {
      const [before, part, after] = [
        bytes.subarray(0, start),
        bytes.subarray(start, start + length),
        bytes.subarray(start + length),
      ];
      if (kind === 0) return Buffer.concat([before, Buffer.of(byte), bytes.subarray(start + 1)]);
      if (kind === 1) return Buffer.concat([before, after]);
      if (kind === 2) return Buffer.concat([before, part, part, after]);
      const rest = Buffer.concat([before, after]);
      return Buffer.concat([rest.subarray(0, to), part, rest.subarray(to)]);
    }, original),
  );
}

test('whatever stands in a .proto file, it is a schema or has faults on one line each', async (context) => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...sources).chain(mutated), async (bytes) => {
      const folder = temporaryFolder(context, { 'a.proto': bytes });
      await assertReadable({ protos: ['a.proto'], protoPaths: [folder, truth] });
    }),
    { numRuns: 100 },
  );
});

test('any text is a .proto file or has faults', async (context) => {
  const word = fc.constantFrom(
    ...'message enum service rpc returns option extend oneof map < > { } ( ) [ ] = ; , . - 1 "a" M'.split(' '),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(word, fc.string()), { maxLength: 60 }), async (words) => {
      const folder = temporaryFolder(context, { 'a.proto': words.join(' ') });
      await assertReadable({ protos: ['a.proto'], protoPaths: [folder] });
    }),
    { numRuns: 60 },
  );
});

test('whatever stands in a descriptor set, it is a schema or has faults', async () => {
  const anySet = fc.oneof(mutated(smallSet), fc.uint8Array({ maxLength: 200 }));
  await fc.assert(
    fc.asyncProperty(anySet, (bytes) => assertReadable({ descriptorSets: [bytes], unboundMethods: true })),
    { numRuns: 150 },
  );
});

test('whatever stands in an API configuration, it is rules or faults', () => {
  const config = Buffer.from(
    'http:\n  rules:\n    - selector: p.S.A\n      get: "/a"\n      additional_bindings: [{ post: /b }]\n',
  );
  fc.assert(
    fc.property(fc.oneof(mutated(config).map(String), fc.string({ unit: 'binary' })), (text) => {
      const { rules, faults } = parseApiConfig('a.yaml', text);
      assert.ok(rules.length + faults.length > 0);
    }),
    { numRuns: 500 },
  );
});

async function assertReadable(options: Parameters<typeof readSchema>[0]): Promise<void> {
  const { schema, faults } = await readSchema(options);
  for (const fault of faults) assert.doesNotMatch(fault, /[\n\r]/);
  // What other stages go through.
  for (const { method, template } of schema.bindings) assert.ok(method.input.fields && template);
}
