import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** The rooms, and what each may import besides itself. Tests may import anything. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'gateway/gen': [],
  'gateway/status': [],
  'gateway/telemetry': ['gateway/status'],
  // The schema is checked as a whole, path templates included; reflection is a call to an upstream.
  'gateway/schema': ['gateway/gen', 'gateway/status', 'gateway/routing', 'gateway/upstream'],
  'gateway/routing': ['gateway/status'],
  'gateway/transcoding': ['gateway/gen', 'gateway/status'],
  'gateway/upstream': ['gateway/status'],
  'gateway/http': [
    'gateway/gen',
    'gateway/status',
    'gateway/telemetry',
    'gateway/schema',
    'gateway/routing',
    'gateway/transcoding',
    'gateway/upstream',
  ],
  'gateway/config': ['gateway/schema', 'gateway/http', 'gateway/upstream', 'gateway/telemetry', 'gateway/transcoding'],
  'gateway/program': [
    'gateway/config',
    'gateway/status',
    'gateway/telemetry',
    'gateway/schema',
    'gateway/transcoding',
    'gateway/upstream',
    'gateway/http',
  ],
  gateway: [
    'gateway/config',
    'gateway/status',
    'gateway/telemetry',
    'gateway/schema',
    'gateway/transcoding',
    'gateway/upstream',
    'gateway/http',
    'gateway/program',
  ],
  services: ['gateway/gen', 'gateway/schema', 'gateway/status', 'gateway/telemetry'],
  scripts: ['gateway/config', 'gateway/telemetry', 'services'],
};

const sources = ['gateway', 'services', 'scripts'].flatMap(filesBelow);
const imports = new Map(sources.map((file) => [file, importsOf(file)]));

test('every import goes to a room that the importing room may use', () => {
  const faults = sources.flatMap((file) =>
    (imports.get(file) ?? [])
      .filter((target) => roomOf(target) !== roomOf(file) && !allowed[roomOf(file)]?.includes(roomOf(target)))
      .map((target) => `${file} imports ${target}`),
  );
  assert.deepEqual(faults, []);
});

test('no files import each other in a circle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
});

test('no source file is past 300 lines', () => {
  const long = sources.filter(
    (file) => roomOf(file) !== 'gateway/gen' && readFileSync(join(root, file), 'utf8').split('\n').length > 300,
  );
  assert.deepEqual(long, []);
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/** Relative imports of a file, type-only ones included, as paths from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)].map(([, path]) =>
    relative(root, join(root, dirname(file), String(path))),
  );
}

/** "gateway/http" for gateway/http/reply.ts, "gateway" for gateway/index.ts, "services" for all below services. */
function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'gateway' && !/\.[jt]s$/.test(second) ? `${top}/${second}` : top;
}
