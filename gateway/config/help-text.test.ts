import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText, settingsMarkdown } from './help-text.ts';
import { flagName, variableName } from './setting.ts';
import { settingsByName } from './settings.ts';

test('--help tells of every setting, in lines that fit a terminal', () => {
  const help = helpText();
  for (const name of settingsByName.keys())
    assert.match(help, new RegExp(`^ {2}--(\\[no-\\])?${flagName(name)}\\b`, 'm'));
  assert.deepEqual(
    help.split('\n').filter((line) => line.length > 118),
    [],
  );
});

test('the table of settings has a row for each, with its variable and its default', () => {
  const table = settingsMarkdown();
  for (const name of settingsByName.keys()) assert.ok(table.includes(`| \`${variableName(name)}`), name);
  assert.ok(
    table.includes(
      '| `--timeout DURATION` | `PROTOGATE_TIMEOUT` | `10s` | Deadline of a call whose client sends no Grpc-Timeout; 0: none. |',
    ),
  );
  assert.ok(table.includes('| `--[no-]strict` | `PROTOGATE_STRICT` | `off` |'));
  assert.ok(table.includes('| `PROTOGATE_LOG_LEVEL, LOG_LEVEL` | `info` |'));
});

test('no two settings share a name', () => {
  const flags = [...settingsByName].flatMap(([name, { kind }]) =>
    kind === 'toggle' ? [flagName(name), `no-${flagName(name)}`] : [flagName(name)],
  );
  assert.equal(new Set(flags).size, flags.length);
});
