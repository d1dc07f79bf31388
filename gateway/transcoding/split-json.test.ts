import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { JsonSplitter } from './split-json.ts';

function split(chunks: readonly Buffer[], maxBytes = 1000): string[] {
  const splitter = new JsonSplitter(maxBytes);
  const values = chunks.flatMap((chunk) => splitter.push(chunk));
  const rest = splitter.end();
  return [...values, ...(rest === undefined ? [] : [rest])].map(String);
}

const rows: readonly (readonly [text: string, values: string[]])[] = [
  ['', []],
  [' \r\n\t', []],
  ['{"a":1}', ['{"a":1}']],
  ['{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ['{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
  [' {"a":1} \r\n\r\n [1] ', ['{"a":1}', '[1]']],
  ['{\n  "a": [1, {"b": "}"}]\n}', ['{\n  "a": [1, {"b": "}"}]\n}']],
  ['"a""b"', ['"a"', '"b"']],
  ['"\\"{" "\\\\"[]', ['"\\"{"', '"\\\\"', '[]']],
  ['1 2', ['1', '2']],
  ['true{}null[]-1.5e3"x"', ['true', '{}', 'null', '[]', '-1.5e3', '"x"']],
  ['{"a":1},{"b":2}', ['{"a":1}', ',', '{"b":2}']],
  ['nonsense', ['nonsense']],
  ['{"a":', ['{"a":']],
  ['"abc', ['"abc']],
  ['}{}', ['}', '{}']],
  ['{"é":"\u{1f600}"}1', ['{"é":"\u{1f600}"}', '1']],
];

for (const [text, values] of rows) {
  test(`values of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(split([Buffer.from(text)]), values);
    assert.deepEqual(split([...Buffer.from(text)].map((byte) => Buffer.from([byte]))), values);
  });
}

test('JSON values come out as they went in, however the stream is cut', () => {
  const values = fc.array(fc.json({ stringUnit: 'binary' }).map((text) => JSON.stringify(JSON.parse(text), null, 1)));
  fc.assert(
    fc.property(
      values,
      fc.constantFrom('\n', ' ', '\r\n\t '),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (texts, between, sizes) => {
        const bytes = Buffer.from(texts.join(between));
        assert.deepEqual(
          split(cut(bytes, sizes), bytes.length + 1),
          texts.map((text) => Buffer.from(text).toString()),
        );
      },
    ),
  );
});

test('any bytes give the same values, however they are cut, and none is lost', () => {
  const bytes = fc.array(fc.constantFrom(...'{}[]",:\\ \n1a'), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (characters, sizes) => {
      const whole = Buffer.from(characters.join(''));
      const values = split([whole]);
      assert.deepEqual(split(cut(whole, sizes)), values);
      assert.equal(values.join('').replaceAll(/\s/g, ''), whole.toString().replaceAll(/\s/g, ''));
      assert.ok(values.every((value) => value.trim() !== ''));
    }),
    { numRuns: 1000 },
  );
});

test('a value is refused as soon as it is too large; the stream before it is not', () => {
  const tooLarge = new StatusError(Code.RESOURCE_EXHAUSTED, 'a message of the request is larger than 8 bytes', {
    httpStatus: 413,
  });
  const splitter = new JsonSplitter(8);
  assert.deepEqual(splitter.push(Buffer.from('[1,2,34]\n'.repeat(100))).length, 100);
  assert.deepEqual(splitter.push(Buffer.from('"abcdef')), []);
  assert.throws(() => splitter.push(Buffer.from('gh')), tooLarge);
  assert.throws(() => new JsonSplitter(8).push(Buffer.from('[1,2,345]')), tooLarge);
});

test('white space costs nothing', () => {
  const splitter = new JsonSplitter(8);
  for (let round = 0; round < 100; round += 1) assert.deepEqual(splitter.push(Buffer.alloc(1000, '\n')), []);
  assert.equal(splitter.end(), undefined);
});

function cut(bytes: Buffer, sizes: Iterator<number>): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + Number(sizes.next().value);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
