import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

test('no failure is known', () => {
  assert.equal(readFileSync(join(import.meta.dirname, 'known-failures.txt'), 'utf8'), '');
});

test('every required and recommended conformance test with JSON or protobuf passes', () => {
  const output = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const { status, stdout, stderr } = spawnSync(join(root, 'scripts/conformance.sh'), [output], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    assert.equal(status, 0, `${stdout}\n${stderr}`.slice(-10_000));
    // The second suite is text format, all of which is skipped.
    const [suite = ''] = `${stdout}\n${stderr}`.match(/CONFORMANCE SUITE PASSED: .*/) ?? [];
    assert.match(suite, /: 5\d{3} successes, 0 skipped, 0 expected failures, 0 unexpected failures/);
  } finally {
    rmSync(output, { recursive: true });
  }
});
