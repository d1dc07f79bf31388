import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFileRegistry, fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { readBuiltinFiles } from './builtin-files.ts';
import { loadProtos } from './load-protos.ts';

const root = join(import.meta.dirname, '../..');
const folders = ['gateway/schema/fixtures/truth', 'proto'];

test('files are read into the descriptors that buf makes of them', async () => {
  const config = { version: 'v2', modules: folders.map((path) => ({ path })) };
  const output = execFileSync(
    join(root, 'node_modules/.bin/buf'),
    [
      ...['build', '.', '--config', JSON.stringify(config)],
      ...['--exclude-source-info', '--as-file-descriptor-set', '-o', '-'],
    ],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const truth = fromBinary(FileDescriptorSetSchema, output);
  const registry = createFileRegistry(truth);
  const protoPaths = folders.map((folder) => join(root, folder));
  const loaded = await loadProtos({
    protos: protoPaths.flatMap(protosBelow),
    protoPaths,
    builtins: readBuiltinFiles(),
  });
  assert.deepEqual(loaded.faults, []);
  const compared = truth.file.filter(({ name }) => !name.startsWith('google/protobuf/'));
  assert.ok(compared.length > 40, `${compared.length} files`);
  for (const expected of compared) {
    const actual = loaded.files.get(expected.name);
    assert.ok(actual, expected.name);
    const [ours, theirs] = [actual, expected].map((file) =>
      withNumbers(toJson(FileDescriptorProtoSchema, file, { registry })),
    );
    assert.deepEqual(ours, theirs, expected.name);
  }
});

function protosBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.proto'));
}

/** Defaults of floating point are compared by value: there are several ways to write one. */
function withNumbers(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((each) => withNumbers(each) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNumbers(each) ?? null]));
  const { type, defaultValue } = copy;
  if (type === 'TYPE_FLOAT' || type === 'TYPE_DOUBLE') {
    const number = Number(String(defaultValue).replace('inf', 'Infinity'));
    if (defaultValue !== undefined) copy['defaultValue'] = String(type === 'TYPE_FLOAT' ? Math.fround(number) : number);
  }
  return copy;
}
