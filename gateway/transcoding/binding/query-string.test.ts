import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { maxQueryParameters, parseQueryString } from './query-string.ts';

const rows: readonly (readonly [text: string, parameters: Record<string, string[]>])[] = [
  ['', {}],
  ['a=1', { a: ['1'] }],
  ['a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
  ['a', { a: [''] }],
  ['a=', { a: [''] }],
  ['=a', { '': ['a'] }],
  ['a=b=c', { a: ['b=c'] }],
  ['&&a=1&&', { a: ['1'] }],
  ['a+b=c+d', { 'a b': ['c d'] }],
  ['a=%2B%20%26%3D', { a: ['+ &='] }],
  ['%61=%C3%A9', { a: ['é'] }],
  ['a=b;c=d', { a: ['b;c=d'] }],
  ['m[a%5D]=1', { 'm[a]]': ['1'] }],
  ['__proto__=1&constructor=2', { ['__proto__']: ['1'], constructor: ['2'] }],
];

for (const [text, parameters] of rows) {
  test(`query "${text}"`, () => {
    assert.deepEqual([...parseQueryString(text)], Object.entries(parameters));
  });
}

const faults: readonly (readonly [text: string, message: string])[] = [
  ['a=%', 'malformed escape in the query: "%"'],
  ['a=%4', 'malformed escape in the query: "%4"'],
  ['a=%zz', 'malformed escape in the query: "%zz"'],
  ['%FF=1', 'malformed escape in the query: "%FF"'],
  ['a=%C3', 'malformed escape in the query: "%C3"'],
  ['a=%ED%A0%80', 'malformed escape in the query: "%ED%A0%80"'],
  [`a=%${'b'.repeat(200)}`, `malformed escape in the query: "%${'b'.repeat(99)}…"`],
  ['a&'.repeat(maxQueryParameters + 1), 'more than 1000 query parameters'],
];

for (const [text, message] of faults) {
  test(`query "${text.slice(0, 30)}" is refused`, () => {
    assert.throws(
      () => parseQueryString(text),
      (error) => isRefusal(error) && error.message === message,
    );
  });
}

test('what URLSearchParams writes is read as it was', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
      const written = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
      const read = [...parseQueryString(written)].flatMap(([name, values]) => values.map((value) => [name, value]));
      const grouped = [...Map.groupBy(pairs, ([name]) => name).values()].flat();
      assert.deepEqual(
        read,
        grouped.map(([name, value]) => [name, value]),
      );
    }),
  );
});

test('any text is read or refused', () => {
  const text = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('%', '&', '=', '+', '%C3', '%A9')));
  fc.assert(
    fc.property(text, (parts) => {
      try {
        for (const [name, values] of parseQueryString(parts.join(''))) assert.ok(name.length + values.length > 0);
      } catch (error) {
        assert.ok(isRefusal(error));
      }
    }),
  );
});

function isRefusal(error: unknown): error is StatusError {
  return error instanceof StatusError && error.code === Code.INVALID_ARGUMENT;
}
