import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProto } from './parse-proto.ts';
import { ProtoSyntaxError, positionOf } from './proto-tokens.ts';

const proto3 = 'syntax = "proto3";\n';

/** Source and the fault with its line and column. */
const faulty: readonly (readonly [source: string, fault: string])[] = [
  ['syntax = "proto4";', '1:10: syntax "proto4" is not supported'],
  ['edition = "2099";', '1:11: edition "2099" is not supported'],
  ['syntax "proto3";', '1:8: expected "=", found a string'],
  ['package a;\npackage b;', '2:1: a second package'],
  ['message M {}\npackage b;', '2:1: package stands before all types'],
  ['massage M {}', '1:1: expected a declaration, found "massage"'],
  ['{', '1:1: expected a declaration, found "{"'],
  ['import a;', '1:8: expected a string, found "a"'],
  ['import "\\xff";', '1:8: a string that is not UTF-8'],
  ['import "\\q";', '1:8: an escape that does not exist in a string'],
  ['import "a', '1:8: a string that does not end on its line'],
  ['/* open', '1:1: a comment that does not end'],
  [`message M { optional int32 a = ${'1'.repeat(1001)}; }`, '1:32: a number of too many digits'],
  ['message M { @ }', '1:13: unexpected character "@"'],
  ['message M {', '1:12: expected a type name, found the end of the file'],
  ['message M { optional int32 a = 1 }', '1:34: expected ";", found "}"'],
  ['message M { int32 a = 1; }', '1:13: expected "optional", "required" or "repeated"'],
  [`${proto3}message M { required int32 a = 1; }`, '2:13: "required" is not for proto3'],
  [`${proto3}message M { int32 a = 1 [default = 2]; }`, '2:26: defaults are not for proto3'],
  [`${proto3}message M { extensions 1 to 2; }`, '2:13: extension ranges are not for proto3'],
  [`${proto3}message M { optional group G = 1 {} }`, '2:22: groups are for proto2 only'],
  ['message M { optional group g = 1 {} }', '1:28: a group begins with a capital letter'],
  [
    'edition = "2023";\nmessage M { optional int32 a = 1; }',
    '2:13: "optional" is not for editions: use features.field_presence',
  ],
  [
    `${proto3}message M { repeated map<int32, int32> m = 1; }`,
    '2:22: a map takes no label and stands in a message only',
  ],
  [`${proto3}message M { map<float, int32> m = 1; }`, '2:17: a map key cannot be float'],
  [`${proto3}message M { oneof o { repeated int32 a = 1; } }`, '2:23: a field of a oneof takes no label'],
  [`${proto3}message M { oneof o {} }`, '2:19: a oneof without fields'],
  [`${proto3}message M { reserved a; }`, '2:22: a reserved name stands in quotes in this file'],
  ['edition = "2023";\nmessage M { reserved "a"; }', '2:22: a reserved name stands without quotes in this file'],
  [`${proto3}message M { reserved 5 to 3; }`, '2:22: a range that ends before it begins'],
  [`${proto3}message M { int32 a = x; }`, '2:23: expected the number of a field, found "x"'],
  [`${proto3}message M { int32 a = 09; }`, '2:23: octal number 09 holds a digit above 7'],
  [`${proto3}message M { int32 a = 1b; }`, '2:23: a number must end before a letter'],
  [`${proto3}message M { int32 a = 1 [json_name = 1]; }`, '2:26: json_name is a string'],
  [
    'message M { optional int32 a = 1 [default = 2147483648]; }',
    '1:35: a default that does not fit the type of the field',
  ],
  ['message M { optional E a = 1 [default = 1]; }', '1:31: a default that does not fit the type of the field'],
  [`${proto3}enum E { A = 4294967296; }`, '2:14: a number past 32 bits'],
  [`${proto3}enum E { A }`, '2:12: expected "=", found "}"'],
  [`${proto3}service S { rpc A(M) return (M); }`, '2:22: expected "returns", found "return"'],
  [`${proto3}service S { stream A(M, M); }`, '2:13: expected "rpc", "option" or "}", found "stream"'],
  [
    `${proto3}option deprecate = true;`,
    '2:8: option deprecate: unknown field "deprecate" for message google.protobuf.FileOptions',
  ],
  [`${proto3}option (a = 1;`, '2:11: expected ")", found "="'],
  [`${proto3}option (a) = { b: 1;`, '2:21: expected "}", found the end of the file'],
  [`${proto3}option (a) = ${'{ b '.repeat(101)}`, '2:414: nested deeper than 100'],
  [`${proto3}${'message M { '.repeat(33)}`, '2:395: messages nested deeper than 32'],
];

test('the first thing that breaks the grammar is told with its place', () => {
  for (const [source, fault] of faulty) {
    assert.throws(
      () => parseProto('a.proto', source),
      (error) => {
        assert.ok(error instanceof ProtoSyntaxError, String(error));
        const { line, column } = positionOf(source, error.start);
        assert.equal(`${line}:${column}: ${error.message}`, fault);
        return true;
      },
    );
  }
});

test('comments are passed over, however long', () => {
  const comments = `// one${'\n//'.repeat(200_000)}\n/**/ /* / ** ${'*\n'.repeat(200_000)} **/`;
  const { file } = parseProto('a.proto', `${comments}message/* */M//\n{}// end`);
  assert.deepEqual(
    file.messageType.map(({ name }) => name),
    ['M'],
  );
});

test('words of the language may be names', () => {
  const { file } = parseProto(
    'a.proto',
    `${proto3}message M { int32 message = 1; string option = 2; bool syntax = 3; map map = 4; message map {} }`,
  );
  assert.deepEqual(
    file.messageType[0]?.field.map(({ name }) => name),
    ['message', 'option', 'syntax', 'map'],
  );
});
