import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonReader } from './json-reader.ts';
import { NameTable } from './name-table.ts';

const names = ['a', 'ab', 'name', 'name with space', 'ü', '"4\\', '__proto__', 'constructor', ''];
const table = new NameTable([...names.map((name, index) => [name, index] as const), ['alias', 2]]);

function find(json: string, expected: number): number {
  const reader = new JsonReader();
  reader.open(Buffer.from(`${json}:1`), '');
  const value = table.read(reader, expected);
  // Whatever it is, the reader stands behind it.
  assert.equal(reader.position, Buffer.from(json).length, json);
  return value;
}

for (const [index, name] of names.entries()) {
  test(`finds ${JSON.stringify(name)}, expected or not, escaped or not`, () => {
    const escaped = [...name].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    for (const expected of [0, 2, index, 99]) {
      assert.equal(find(JSON.stringify(name), expected), index);
      assert.equal(find(`"${escaped}"`, expected), index);
    }
  });
}

test('does not find what is not there', () => {
  for (const name of ['b', 'A', 'nam', 'names', 'toString', 'name ', '\\"4']) {
    assert.equal(find(JSON.stringify(name), 2), -1, name);
  }
});

test('finds a second name of a value', () => {
  assert.equal(find('"alias"', 0), 2);
});

test('takes no text for a name that only looks like it', () => {
  const reader = new JsonReader();
  reader.open(Buffer.from('""4\\":1'), '');
  assert.equal(table.read(reader, 5), 8);
  assert.equal(reader.position, 2);
});
