import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

test('gateway/gen is what scripts/generate.sh makes of proto/', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'generated-'));
  context.after(() => rmSync(folder, { recursive: true }));
  execFileSync(join(root, 'scripts', 'generate.sh'), [folder]);
  assert.deepEqual(contents(folder), contents(join(root, 'gateway', 'gen')));
});

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'base64')])
      .sort(),
  );
}
