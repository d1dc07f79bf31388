import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePathTemplate } from './path-template.ts';
import { TemplateSyntaxError } from './template-syntax-error.ts';

/** Segments as text, a literal in quotes; variables as "field.path=start..end", with "+" if it may hold several. */
function outline(text: string): string {
  const { segments, variables, verb } = parsePathTemplate(text);
  return [
    segments.map((segment) => (segment.kind === 'literal' ? JSON.stringify(segment.value) : segment.kind)).join(' '),
    ...variables.map(
      ({ fieldPath, start, end, multi }) => `${fieldPath.join('.')}=${start}..${end}${multi ? '+' : ''}`,
    ),
    ...(verb === '' ? [] : [`:${verb}`]),
  ].join(', ');
}

suite('templates', () => {
  const cases: readonly (readonly [template: string, expected: string])[] = [
    ['/', '""'],
    ['/:sync', '"", :sync'],
    ['/v1', '"v1"'],
    ['/v1/messages', '"v1" "messages"'],
    ['/v1:sync', '"v1", :sync'],
    ['/v1/*', '"v1" *'],
    ['/v1/*:sync', '"v1" *, :sync'],
    ['/v1/**', '"v1" **'],
    ['/v1/**:sync', '"v1" **, :sync'],
    ['/*/x', '* "x"'],
    ['/v1/{name}', '"v1" *, name=1..2'],
    ['/v1/{name=*}', '"v1" *, name=1..2'],
    ['/v1/{name=shelf}', '"v1" "shelf", name=1..2'],
    ['/v1/{name=**}', '"v1" **, name=1..2+'],
    ['/{name=**}', '**, name=0..1+'],
    ['/v1/{name=shelves/*}', '"v1" "shelves" *, name=1..3+'],
    ['/v1/{name=shelves/*/books/**}', '"v1" "shelves" * "books" **, name=1..5+'],
    ['/v1/{name=shelves/*}/books/{id}', '"v1" "shelves" * "books" *, name=1..3+, id=4..5'],
    ['/v1/{book.inner.name}/{book.id}', '"v1" * *, book.inner.name=1..2, book.id=2..3'],
    ['/v1/{_under_score9}', '"v1" *, _under_score9=1..2'],
    ['/v1/{name}:check-out', '"v1" *, name=1..2, :check-out'],
    ['/v1/{name=shelves/*}:archive', '"v1" "shelves" *, name=1..3+, :archive'],
    ['/v1/{name=**}:stat', '"v1" **, name=1..2+, :stat'],
    ['/p/mid/{name=**}/end', '"p" "mid" ** "end", name=2..3+'],
    ['/p/lit.e-r_a~l/$x/{name}', '"p" "lit.e-r_a~l" "$x" *, name=3..4'],
    ["/!$&'()+,;=@", `"!$&'()+,;=@"`],
    ['/a*b/***', '"a*b" "***"'],
    ['/a:b/c', '"a:b" "c"'],
    ['/a:b:c', '"a:b", :c'],
    ['/{name}:b:c', '*, name=0..1, :b:c'],
    ['/**:b:c', '**, :b:c'],
    ['/{name=a:b}', '"a:b", name=0..1'],
    ['/{name=a:b}:c', '"a:b", name=0..1, :c'],
    ['/a%20b/%C3%A9:%76', '"a b" "é", :v'],
    ['/a%2Fb', '"a/b"'],
    ['/日本', '"日本"'],
    ['/v1/{__proto__}', '"v1" *, __proto__=1..2'],
  ];
  for (const [template, expected] of cases) {
    test(template, () => assert.equal(outline(template), expected));
  }
});

suite('syntax errors', () => {
  const cases: readonly (readonly [template: string, message: string])[] = [
    ['', "expected '/' at column 1"],
    ['v1/x', "expected '/' at column 1"],
    ['{name}', "expected '/' at column 1"],
    ['//', 'expected a segment at column 2'],
    ['/v1/', 'expected a segment at column 5'],
    ['/v1//x', 'expected a segment at column 5'],
    ['/v1/:go', 'expected a segment at column 5'],
    ['/v1:', 'expected a verb at column 5'],
    ['/v1/{a}:', 'expected a verb at column 9'],
    ['/v1/{a}:b/c', 'expected the end at column 10'],
    ['/v1/{a}:b{c}', 'expected the end at column 10'],
    ['/:', 'expected a verb at column 3'],
    ['/:go/x', 'expected the end at column 5'],
    ['/v1/{name=abc', "expected '}' at column 14"],
    ['/v1/{name', "expected '}' at column 10"],
    ['/v1/{name=a/', 'expected a segment at column 13'],
    ['/v1/{name=}', 'expected a segment at column 11'],
    ['/v1/{name=/a}', 'expected a segment at column 11'],
    ['/v1/{name=a//b}', 'expected a segment at column 13'],
    ['/v1/{}', 'expected a field name at column 6'],
    ['/v1/{', 'expected a field name at column 6'],
    ['/v1/{a.}', 'expected a field name at column 8'],
    ['/v1/{.a}', 'expected a field name at column 6'],
    ['/v1/{9a}', 'expected a field name at column 6'],
    ['/v1/{ a}', 'expected a field name at column 6'],
    ['/v1/{a-b}', "expected '}' at column 7"],
    ['/v1/{*}', 'expected a field name at column 6'],
    ['/v1/{a={b}}', 'variable within a variable at column 8'],
    ['/v1/{a=b/{c}}', 'variable within a variable at column 10'],
    ['/v1/{a=b{c}}', "expected '}' at column 9"],
    ['/v1/{a}{b}', "expected '/' at column 8"],
    ['/v1/{a}b', "expected '/' at column 8"],
    ['/v1/b{a}', "expected '/' at column 6"],
    ['/v1/b}', "expected '/' at column 6"],
    ['/v1/}', 'expected a segment at column 5'],
    ['/v1/{a}}', "expected '/' at column 8"],
    ['/v1/{a}/{a}', "second variable 'a' at column 10"],
    ['/v1/{a.b}/x/{a.b=*}', "second variable 'a.b' at column 14"],
    ['/**/**', "second '**' at column 5"],
    ['/{a=**}/x/{b=**}', "second '**' at column 14"],
    ['/a b', "unexpected ' ' at column 3"],
    ['/a?b=c', "unexpected '?' at column 3"],
    ['/a#b', "unexpected '#' at column 3"],
    ['/v1/{a=b?}', "unexpected '?' at column 9"],
    ['/v1:g"', `unexpected '"' at column 6`],
    ['/a\u0000', "unexpected '\u0000' at column 3"],
    ['/a\ud800', "unexpected '\ufffd' at column 3"],
    ['/a%', "expected two hexadecimal digits after '%' at column 3"],
    ['/a%2', "expected two hexadecimal digits after '%' at column 3"],
    ['/x%20%zz', "expected two hexadecimal digits after '%' at column 6"],
    ['/a%ff', 'expected escapes of UTF-8 at column 2'],
    ['/a%ed%a0%80', 'expected escapes of UTF-8 at column 2'],
  ];
  for (const [template, message] of cases) {
    test(JSON.stringify(template), () => {
      const column = Number(/\d+$/.exec(message));
      assert.throws(
        () => parsePathTemplate(template),
        (thrown) => {
          assert.ok(thrown instanceof TemplateSyntaxError);
          assert.deepEqual([thrown.name, thrown.message, thrown.column], ['TemplateSyntaxError', message, column]);
          return true;
        },
      );
    });
  }
});
