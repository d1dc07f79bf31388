import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLine, jsonPath, jsonValueAt } from './json-position.ts';

/** The position is where the first § stands. */
function positionIn(marked: string): { text: Buffer; position: number } {
  const position = Buffer.from(marked.slice(0, marked.indexOf('§'))).length;
  return { text: Buffer.from(marked.replace('§', '')), position };
}

const paths: readonly (readonly [marked: string, path: string])[] = [
  ['§1', ''],
  ['{"a":§1}', 'a'],
  ['{§"a":1}', ''],
  ['{"a":1,§"b":1}', ''],
  ['{"a":{"b":[1,{"c":§2}]}}', 'a.b[1].c'],
  ['[[1],[§2]]', '[1][0]'],
  ['{"a":[1,2],"b":{"x":1},"c":§3}', 'c'],
  ['{"a b":{"\\u00e9\\"":§1}}', '["a b"]["é\\""]'],
  ['{"a":"},{[\\"","b":§1}', 'b'],
  ['{"@type":§1}', '["@type"]'],
  [`{"${'x'.repeat(200)}":§1}`, `["${'x'.repeat(100)}"]`],
  ['{"é":{"ü":§1}}', '["é"]["ü"]'],
];
for (const [marked, path] of paths) {
  test(`the path in ${marked.slice(0, 40)}`, () => {
    const { text, position } = positionIn(marked);
    assert.equal(jsonPath(text, position), path);
  });
}

const values: readonly (readonly [marked: string, value: string])[] = [
  ['[§"a\\"b" ]', '"a\\"b"'],
  ['[§-1.5e3,2]', '-1.5e3'],
  ['[§nonsense]', 'nonsense'],
  ['§{"a":1}', 'an object'],
  ['§[1]', 'an array'],
  ['{"a":1,§}', '"}"'],
  ['§"unfinished', '"unfinished'],
  [`§${'1'.repeat(50)}`, `${'1'.repeat(40)}…`],
];
for (const [marked, value] of values) {
  test(`the value in ${marked.slice(0, 40)}`, () => {
    const { text, position } = positionIn(marked);
    assert.equal(jsonValueAt(text, position), value);
  });
}

test('lines and columns count from 1', () => {
  const text = Buffer.from('{\n "a":1,\n}');
  assert.equal(jsonLine(text, 0), 'line 1, column 1');
  assert.equal(jsonLine(text, text.length - 1), 'line 3, column 1');
  assert.equal(jsonLine(text, 7), 'line 2, column 6');
});
