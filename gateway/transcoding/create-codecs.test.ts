import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DescField, fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { vectorMessage, vectorRegistry } from '../../test/vectors/vector-registry.ts';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { defaultJsonOptions, type JsonOptions } from './codec.ts';
import { createCodecs } from './create-codecs.ts';

const codecs = createCodecs(vectorRegistry, defaultJsonOptions);
const sparse: JsonOptions = { ...defaultJsonOptions, emitDefaults: false };

/** What a JSON text is read as, as JSON again by protobuf-es. */
function read(json: string, type = 'Everything', options = defaultJsonOptions): JsonValue {
  const message = vectorMessage(type);
  const wire = createCodecs(vectorRegistry, options).message(message).read(Buffer.from(json));
  return toJson(message, fromBinary(message, wire), { registry: vectorRegistry });
}

function write(wire: Uint8Array, type = 'Everything', options: JsonOptions = sparse): string {
  return Buffer.from(createCodecs(vectorRegistry, options).message(vectorMessage(type)).write(wire)).toString();
}

function fieldOf(type: string, name: string): DescField {
  const field = vectorMessage(type).fields.find((each) => each.name === name);
  assert.ok(field !== undefined);
  return field;
}

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error));
    return `${error.code} ${error.message}`;
  }
  return 'no failure';
}

/** Bytes of records put one after the other. */
function records(...build: ((writer: BinaryWriter) => BinaryWriter)[]): Uint8Array {
  return Buffer.concat(build.map((each) => each(new BinaryWriter()).finish()));
}

const text = (number: number, value: string) => (writer: BinaryWriter) =>
  writer.tag(number, WireType.LengthDelimited).string(value);
const bytes = (number: number, value: Uint8Array) => (writer: BinaryWriter) =>
  writer.tag(number, WireType.LengthDelimited).bytes(value);
const varint = (number: number, value: number) => (writer: BinaryWriter) =>
  writer.tag(number, WireType.Varint).int32(value);

describe('faults of JSON text name the path and what stands there', () => {
  const rows: readonly (readonly [json: string, message: string])[] = [
    ['{"inner":{"n":"x"}}', 'inner.n: expected int32, got "x"'],
    ['{"inner":{"inner":{"tags":["a",1]}}}', 'inner.inner.tags[1]: expected string, got 1'],
    ['{"rInner":[{},{"labels":{"a b":[]}}]}', 'rInner[1].labels["a b"]: expected string, got an array'],
    ['{"fInt32":{}}', 'fInt32: expected int32, got an object'],
    ['{"fInt32":2147483648}', 'fInt32: 2147483648 is out of range of int32'],
    ['{"fInt32":1.5}', 'fInt32: expected int32, got 1.5'],
    ['{"fUint64":-1}', 'fUint64: -1 is out of range of uint64'],
    ['{"fInt64":1e30}', 'fInt64: 1e30 is out of range of int64'],
    ['{"fDouble":1e999}', 'fDouble: 1e999 is out of range of double'],
    ['{"fFloat":-1e39}', 'fFloat: -1e39 is out of range of float'],
    ['{"fBool":"true"}', 'fBool: expected bool, got "true"'],
    ['{"fBytes":"%"}', 'fBytes: expected base64, got "%"'],
    ['{"fBytes":"A"}', 'fBytes: expected base64, got "A"'],
    [`{"fInt32":"${'9'.repeat(60)}"}`, `fInt32: "${'9'.repeat(39)}… is out of range of int32`],
    ['{"color":true}', 'color: expected a value of vectors.v1.Color, got true'],
    ['{"rColor":[null]}', 'rColor[0]: expected a value, got null'],
    ['{"ts":"yesterday"}', 'ts: expected an RFC 3339 time, got "yesterday"'],
    ['{"dur":"1.0000000001s"}', 'dur: expected a duration in seconds, got "1.0000000001s"'],
    ['{"mask":"a..b"}', 'mask: "a..b" is no field path'],
    [
      '{"any":{"n":1,"@type":"type.googleapis.com/no.Type"}}',
      'any["@type"]: there is no type "type.googleapis.com/no.Type"',
    ],
    ['{"any":{"@type":"x/vectors.v1.Inner","n":"y"}}', 'any.n: expected int32, got "y"'],
    ['{"any":{"@type":"x/google.protobuf.Duration"}}', 'any: "value" is required'],
    ['{"any":{"@type":"x/vectors.v1.Inner","@type":"x/vectors.v1.Inner"}}', 'any["@type"]: comes twice'],
    ['{"fInt32":1,"f_int32":2}', 'f_int32: comes twice'],
    ['{"mSs":{"a":"1","\\u0061":"2"}}', 'mSs.a: comes twice'],
    ['{"mIs":{"1":"a","01":"b"}}', 'mIs.01: comes twice'],
    ['{"st":{"a":1,"a":2}}', 'st.a: comes twice'],
    ['{"cStr":"a","cInt":1}', 'cInt: another field of its oneof is set'],
    ['{"fString":"\\ud800"}', 'fString: a string has half of a surrogate pair'],
    ['{"fString":"\\udc00\\ud800"}', 'fString: a string has half of a surrogate pair'],
    ['[]', 'expected vectors.v1.Everything, got an array'],
    ['{"fInt32":1', 'invalid JSON at line 1, column 12: unexpected end'],
    ['{"fInt32":1}\n x', 'invalid JSON at line 2, column 2: unexpected x'],
    ['{"fInt32":01}', 'invalid JSON at line 1, column 11: unexpected 01'],
    ['{"fInt32":+1}', 'invalid JSON at line 1, column 11: unexpected +1'],
    ['{"fInt32":1,}', 'invalid JSON at line 1, column 13: unexpected "}"'],
    ['{"fString":"\\x"}', 'invalid JSON at line 1, column 14: unexpected x"'],
    ['{"fString":"\\u12g4"}', 'invalid JSON at line 1, column 17: unexpected g4"'],
    ['{"fString":"a\tb"}', 'invalid JSON at line 1, column 14: unexpected "\\t"'],
    ['{"nope":tru}', 'invalid JSON at line 1, column 9: unexpected tru'],
    ['\ufeff{}', 'invalid JSON at line 1, column 1: unexpected \ufeff{'],
  ];
  for (const [json, message] of rows) {
    test(json.slice(0, 60), () => {
      assert.equal(
        failure(() => read(json)),
        `${Code.INVALID_ARGUMENT} ${message}`,
      );
    });
  }

  test('bytes that are not UTF-8', () => {
    const json = Buffer.from('{"fString":"\xff"}', 'latin1');
    const call = (): unknown => codecs.message(vectorMessage('Everything')).read(json);
    assert.equal(failure(call), '3 invalid JSON: the text is not valid UTF-8');
  });

  test('unknown fields and enum names, if they are to be refused', () => {
    const reject: JsonOptions = { ...defaultJsonOptions, unknownFields: 'reject' };
    assert.equal(
      failure(() => read('{"inner":{"nope":1}}', 'Everything', reject)),
      '3 inner.nope: vectors.v1.Inner has no such field',
    );
    assert.equal(
      failure(() => read('{"rColor":["RED","MAUVE"]}', 'Everything', reject)),
      '3 rColor[1]: expected a value of vectors.v1.Color, got "MAUVE"',
    );
    assert.deepEqual(read('{"any":{"@type":"x/vectors.v1.Inner","n":1}}', 'Everything', reject), {
      any: { '@type': 'x/vectors.v1.Inner', n: 1 },
    });
  });

  test('required fields', () => {
    assert.equal(
      failure(() => read('{"name":"a","child":{"n":1}}', 'OldMessage')),
      '3 child: name is required',
    );
    assert.equal(
      failure(() => read('{"name":null}', 'OldMessage')),
      '3 name is required',
    );
    assert.equal(
      failure(() => read('', 'OldMessage')),
      '3 name is required',
    );
  });

  test('an unknown number of a closed enum', () => {
    assert.equal(
      failure(() => read('{"name":"a","e":9}', 'OldMessage')),
      '3 e: expected a value of vectors.v1.OldEnum, got 9',
    );
  });
});

describe('numbers in JSON text are read exactly', () => {
  const rows: readonly (readonly [json: string, value: JsonValue])[] = [
    ['{"fInt64":9007199254740993}', { fInt64: '9007199254740993' }],
    ['{"fInt64":-9223372036854775808}', { fInt64: '-9223372036854775808' }],
    ['{"fUint64":"18446744073709551615"}', { fUint64: '18446744073709551615' }],
    ['{"fInt64":1234567890123456789e0}', { fInt64: '1234567890123456789' }],
    ['{"fInt64":123.45e2}', { fInt64: '12345' }],
    ['{"fInt32":"1\\u0030"}', { fInt32: 10 }],
    ['{"fInt32":100000000000000000000e-18}', { fInt32: 100 }],
    ['{"fSint64":-1000000000000000}', { fSint64: '-1000000000000000' }],
    ['{"fDouble":0.1}', { fDouble: 0.1 }],
    ['{"fDouble":123456789012345678}', { fDouble: 123456789012345680 }],
    ['{"fDouble":"-Infinity"}', { fDouble: '-Infinity' }],
    ['{"fDouble":2.2250738585072011e-308}', { fDouble: 2.225073858507201e-308 }],
    [`{"fInt32":0.${'0'.repeat(100_000)}}`, {}],
    [`{"fInt32":1${'0'.repeat(100_000)}e-100000}`, { fInt32: 1 }],
    [`{"nope":${'9'.repeat(100_000)}}`, {}],
  ];
  for (const [json, value] of rows) test(json.slice(0, 60), () => assert.deepEqual(read(json), value));
});

describe('JSON text', () => {
  test('of any case of null', () => {
    const nulls = '{"fInt32":null,"inner":null,"rInner":null,"mSs":null,"cInner":null,"cStr":null,"oBool":null}';
    assert.deepEqual(read(nulls), {});
    assert.deepEqual(read('{"val":null,"cNull":null}'), { val: null, cNull: null });
  });

  test('with keys that JavaScript objects have already', () => {
    const json =
      '{"mSs":{"__proto__":"a","constructor":"b"},"st":{"__proto__":{"x":1},"toString":2},"__proto__":{"fInt32":1}}';
    const value: JsonValue = JSON.parse(
      '{"mSs":{"__proto__":"a","constructor":"b"},"st":{"__proto__":{"x":1},"toString":2}}',
    );
    assert.deepEqual(read(json), value);
    assert.equal(Reflect.get({}, 'x'), undefined);
  });

  test('with every kind of escape', () => {
    assert.deepEqual(read('{"f\\u0053tring":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀"}'), {
      fString: '"\\/\b\f\n\r\té😀é😀',
    });
  });

  test('of maps: keys of integers are digits alone, as in Go', () => {
    assert.deepEqual(read('{"mIs":{"01":"a","+2":"b","-0003":"c","-0":"d","1\\u0030":"e"}}'), {
      mIs: { 1: 'a', 2: 'b', '-3': 'c', 0: 'd', 10: 'e' },
    });
    assert.deepEqual(read('{"mUb":{"00018446744073709551615":""}}'), { mUb: { '18446744073709551615': '' } });
    for (const key of [
      '1.0',
      '1e2',
      '',
      ' 1',
      '0x1',
      '1_0',
      '--1',
      '2147483648',
      '-2147483649',
      '9'.repeat(3_000_000),
    ]) {
      assert.throws(() => read(`{"mIs":{"${key}":"a"}}`), { code: Code.INVALID_ARGUMENT }, key.slice(0, 20));
    }
    for (const key of ['+1', '-1', '18446744073709551616']) {
      assert.throws(() => read(`{"mUb":{"${key}":""}}`), { code: Code.INVALID_ARGUMENT }, key);
    }
    assert.throws(() => read('{"mIs":{"1":"a","+1":"b"}}'), /comes twice/);
  });

  test('of base64 in both alphabets, with and without padding', () => {
    const blobs = ['+/8=', '-_8', '-_8=', '+/8', '\\u002b\\/8=', ''];
    for (const blob of blobs)
      assert.deepEqual(read(`{"fBytes":"${blob}"}`), blob === '' ? {} : { fBytes: '+/8=' }, blob);
  });

  test('in which names of one field are names of another', () => {
    assert.deepEqual(read('{"swapB":"a","swap_d":"b"}', 'OddNames'), { swapB: 'a', swap_d: 'b' });
    assert.deepEqual(read('{"swap_a":"a","swap_c":"b"}', 'OddNames'), { swapB: 'a', swap_d: 'b' });
  });

  test('without a value is an empty message', () => {
    for (const type of ['Everything', 'google.protobuf.Timestamp', 'google.protobuf.Value']) {
      assert.equal(codecs.message(vectorMessage(type)).read(Buffer.from(' \n\t')).length, 0, type);
    }
  });
});

describe('depth', () => {
  const nested = (depth: number): string => `${'{"inner":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
  const nestedValue = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const nestedAny = (depth: number): string =>
    `${'{"@type":"x/google.protobuf.Any","value":'.repeat(depth)}{}${'}'.repeat(depth)}`;

  test('of messages, values and Anys in JSON is at most 100', () => {
    const tooDeep = /^3 .*nested more than 100 levels deep$/s;
    assert.notEqual(read(nested(100), 'Inner'), undefined);
    assert.match(
      failure(() => read(nested(101), 'Inner')),
      tooDeep,
    );
    assert.notEqual(
      codecs.message(vectorMessage('google.protobuf.Value')).read(Buffer.from(nestedValue(100))).length,
      0,
    );
    assert.match(
      failure(() => read(nestedValue(101), 'google.protobuf.Value')),
      tooDeep,
    );
    assert.match(
      failure(() => read(nestedAny(101), 'google.protobuf.Any')),
      tooDeep,
    );
    assert.match(
      failure(() => read(`{"nope":${nestedValue(100_000)}}`)),
      tooDeep,
    );
    assert.match(
      failure(() => read('['.repeat(1_000_000), 'google.protobuf.Value')),
      tooDeep,
    );
  });

  test('of messages, groups and Anys in wire bytes is at most 100', () => {
    const inner = (depth: number): Uint8Array => (depth === 1 ? new Uint8Array() : records(bytes(3, inner(depth - 1))));
    const group = (depth: number): Uint8Array =>
      Buffer.concat([...Array(depth).fill(Buffer.from([0xa3, 6])), ...Array(depth).fill(Buffer.from([0xa4, 6]))]);
    const any = (depth: number): Uint8Array =>
      depth === 0 ? new Uint8Array() : records(text(1, 'x/google.protobuf.Any'), bytes(2, any(depth - 1)));
    assert.equal(write(inner(100), 'Inner').length, 99 * '{"inner":}'.length + 2);
    assert.equal(
      failure(() => write(inner(101), 'Inner')),
      '13 vectors.v1.Inner cannot be read: nested more than 100 levels deep',
    );
    assert.equal(write(group(99), 'Inner'), '{}');
    assert.match(
      failure(() => write(group(100), 'Inner')),
      /nested more than 100/,
    );
    assert.match(
      failure(() => write(any(101), 'google.protobuf.Any')),
      /nested more than 100/,
    );
  });
});

describe('wire bytes', () => {
  test('give fields in order of declaration, whatever their own', () => {
    const wire = records(text(4, 'b'), varint(2, 7), text(1, 'a'), text(4, 'c'));
    assert.equal(write(wire, 'Inner'), '{"a":"a","n":7,"tags":["b","c"]}');
  });

  test('of fields that come more than once: the last one, all, or both merged', () => {
    const wire = records(
      text(1, 'first'),
      bytes(3, records(text(1, 'x'), text(4, 'p'))),
      varint(2, 1),
      bytes(3, records(varint(2, 5), text(4, 'q'))),
      varint(2, 2),
      text(1, 'last'),
    );
    assert.equal(write(wire, 'Inner'), '{"a":"last","n":2,"inner":{"a":"x","n":5,"tags":["p","q"]}}');
  });

  test('of oneofs: the last member, and nothing of those before', () => {
    const inner = bytes(82, records(text(1, 'x')));
    assert.equal(write(records(inner, text(80, 'a'))), '{"cStr":"a"}');
    assert.equal(write(records(inner, text(80, 'a'), bytes(82, records(varint(2, 1))))), '{"cInner":{"n":1}}');
  });

  test('of lists: packed, not packed and both', () => {
    const packed = bytes(30, Buffer.from([1, 2]));
    assert.equal(write(records(packed, varint(30, 3), varint(2, 0), packed)), '{"rInt32":[1,2,3,1,2]}');
    assert.equal(write(records(bytes(30, new Uint8Array()))), '{}');
    assert.match(
      failure(() => write(records(bytes(30, Buffer.from([0x80]))))),
      /^13 .*a packed list ends within a value$/,
    );
  });

  test('of maps: keys and values may be missing, the last entry of a key counts', () => {
    const entry = (...parts: Parameters<typeof records>) => bytes(50, records(...parts));
    const wire = records(entry(text(1, 'a'), text(2, '1')), entry(), entry(text(2, '2')), entry(text(1, 'a')));
    assert.equal(write(wire), '{"mSs":{"":"2","a":""}}');
    const many = Array.from({ length: 20 }, (_, n) => entry(text(1, `k${n % 10}`), text(2, String(n))));
    assert.equal(Object.values(JSON.parse(write(records(...many))).mSs).join(), '10,11,12,13,14,15,16,17,18,19');
  });

  test('whose strings need escapes', () => {
    const all = `${Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)).join('')}"\\/é€😀\u007f`;
    assert.equal(JSON.parse(write(records(text(1, all)), 'Inner')).a, all);
    assert.equal(write(records(text(1, '\u0000\n"')), 'Inner'), '{"a":"\\u0000\\n\\""}');
  });

  const broken: readonly (readonly [what: string, wire: readonly number[], reason: string])[] = [
    ['a tag cut off', [0x80], 'it ends within a tag'],
    ['a varint cut off', [0x10, 0x80], 'it ends within a value'],
    ['a string cut off', [0x0a, 0x02, 0x61], 'it ends within a value'],
    [
      'a length without end',
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      'it ends within a length',
    ],
    [
      'a message past the one around it',
      [0x1a, 0x02, 0x0a, 0x05, 0x61, 0x61, 0x61, 0x61, 0x61],
      'it ends within a value',
    ],
    ['field number 0', [0x00, 0x00], 'field number 0'],
    ['a tag of 33 bits', [0x80, 0x80, 0x80, 0x80, 0x10, 0x00], 'a tag is longer than 32 bits'],
    ['wire type 7', [0x0f], 'wire type 7 where a value should be'],
    ['an end of no group', [0x0c], 'wire type 4 where a value should be'],
    ['the end of another group', [0xa3, 0x06, 0xac, 0x06], 'a group ends that was not begun'],
    ['a varint of 11 bytes', [0x10, ...Array<number>(10).fill(0x80), 0x00], 'a varint is longer than 64 bits'],
    ['invalid UTF-8', [0x0a, 0x01, 0xff], 'a string is not valid UTF-8'],
    ['half of a surrogate pair', [0x0a, 0x03, 0xed, 0xa0, 0x80], 'a string is not valid UTF-8'],
    ['an overlong sequence', [0x0a, 0x02, 0xc0, 0x80], 'a string is not valid UTF-8'],
    ['a superseded string of invalid UTF-8', [0x0a, 0x01, 0xff, 0x0a, 0x00], 'a string is not valid UTF-8'],
  ];
  for (const [what, wire, reason] of broken) {
    test(`${what} is no message`, () => {
      assert.equal(
        failure(() => write(Uint8Array.from(wire), 'Inner')),
        `13 vectors.v1.Inner cannot be read: ${reason}`,
      );
    });
  }

  test('of another wire type than the field has are an unknown field', () => {
    assert.equal(write(records(varint(1, 5), text(2, 'x'), text(1, 'a')), 'Inner'), '{"a":"a"}');
  });

  const unwritable: readonly (readonly [what: string, type: string, wire: Uint8Array, reason: string])[] = [
    [
      'a time after the year 9999',
      'google.protobuf.Timestamp',
      records((writer) => writer.tag(1, WireType.Varint).int64(253402300800)),
      'google.protobuf.Timestamp is not between the years 1 and 9999',
    ],
    [
      'negative nanos of a time',
      'google.protobuf.Timestamp',
      records(varint(2, -1)),
      'google.protobuf.Timestamp: nanos are out of range',
    ],
    [
      'a duration with two signs',
      'google.protobuf.Duration',
      records(varint(1, 1), varint(2, -1)),
      'google.protobuf.Duration: seconds and nanos differ in sign',
    ],
    ['a Value that is none', 'google.protobuf.Value', new Uint8Array(), 'google.protobuf.Value has no value'],
    [
      'a Value of NaN',
      'google.protobuf.Value',
      records((writer) => writer.tag(2, WireType.Bit64).double(Number.NaN)),
      'google.protobuf.Value is not a finite number',
    ],
    [
      'an Any of an unknown type',
      'google.protobuf.Any',
      records(text(1, 'x/y.Z')),
      'google.protobuf.Any: there is no type "x/y.Z"',
    ],
    [
      'a path that is not reversible',
      'google.protobuf.FieldMask',
      records(text(1, 'aB')),
      'google.protobuf.FieldMask: "aB" has no reversible lowerCamelCase form',
    ],
    ['a missing required field', 'OldMessage', new Uint8Array(), 'vectors.v1.OldMessage.name is required'],
  ];
  for (const [what, type, wire, reason] of unwritable) {
    test(`${what} has no JSON form`, () => {
      const { typeName } = vectorMessage(type);
      assert.equal(
        failure(() => write(wire, type)),
        `13 ${typeName} cannot be written as JSON: ${reason}`,
      );
    });
  }

  test('that are superseded need no JSON form', () => {
    const time = (seconds: number) =>
      bytes(
        83,
        records((writer) => writer.tag(1, WireType.Varint).int64(seconds)),
      );
    assert.equal(write(records(time(1e15), text(80, 'a'))), '{"cStr":"a"}');
    assert.equal(write(records(time(1e15), time(0))), '{"cTs":"1970-01-01T00:00:00Z"}');
  });

  test('in which one message is split up again and again do not cost more than a multiple of their size', () => {
    // Each level comes in two pieces, so that each is put together anew.
    let wire: Uint8Array = records(text(1, 'x'.repeat(10_000)));
    for (let depth = 0; depth < 50; depth++) wire = records(bytes(3, wire), bytes(3, new Uint8Array()));
    assert.equal(
      failure(() => write(wire, 'Inner')),
      '13 vectors.v1.Inner cannot be read: its fields are split up too often',
    );
  });
});

describe('options of JSON', () => {
  const wire = records(varint(16, 5), text(19, 'x'));

  test('names of the proto', () => {
    assert.equal(write(wire, 'Everything', { ...sparse, protoNames: true }), '{"color":"BLUE","snake_case_name":"x"}');
  });
  test('numbers of enums', () => {
    assert.equal(write(wire, 'Everything', { ...sparse, enumsAsNumbers: true }), '{"color":5,"snakeCaseName":"x"}');
  });
  test('indentation', () => {
    assert.equal(
      write(wire, 'Everything', { ...sparse, indent: 2 }),
      '{\n  "color": "BLUE",\n  "snakeCaseName": "x"\n}',
    );
  });
  test('defaults', () => {
    assert.equal(
      write(new Uint8Array(), 'Inner', defaultJsonOptions),
      '{"a":"","n":0,"inner":null,"tags":[],"color":"COLOR_UNSPECIFIED","seenAt":null,"labels":{}}',
    );
    assert.equal(write(records(text(1, ''), varint(2, 0), varint(5, 0)), 'Inner'), '{}');
  });
});

describe('a field by itself', () => {
  const codecOf = (name: string, type = 'Everything') => codecs.field(fieldOf(type, name));
  const readField = (name: string, json: string): JsonValue => {
    const type = vectorMessage('Everything');
    return toJson(type, fromBinary(type, codecOf(name).read(Buffer.from(json))), { registry: vectorRegistry });
  };

  test('is read into the message around it', () => {
    assert.deepEqual(readField('f_int64', '"5"'), { fInt64: '5' });
    assert.deepEqual(readField('r_inner', '[{"a":"x"},{}]'), { rInner: [{ a: 'x' }, {}] });
    assert.deepEqual(readField('m_is', ' {"-1":"x"} '), { mIs: { '-1': 'x' } });
    assert.deepEqual(readField('ts', '"1970-01-01T00:00:00Z"'), { ts: '1970-01-01T00:00:00Z' });
    assert.deepEqual(readField('val', 'null'), { val: null });
    assert.deepEqual(readField('f_int64', ''), {});
    assert.deepEqual(readField('r_inner', 'null'), {});
    assert.equal(
      failure(() => readField('r_inner', '[{"n":""}]')),
      '3 rInner[0].n: expected int32, got ""',
    );
    assert.equal(
      failure(() => readField('inner', 'null')),
      '3 inner: expected vectors.v1.Inner, got null',
    );
    assert.equal(
      failure(() => readField('f_int32', '1 2')),
      '3 invalid JSON at line 1, column 3: unexpected 2',
    );
  });

  test('does not ask for the required fields beside it', () => {
    const wire = codecOf('n', 'OldMessage').read(Buffer.from('5'));
    assert.deepEqual(Buffer.from(wire), Buffer.from([0x10, 5]));
    assert.equal(Buffer.from(codecOf('n', 'OldMessage').write(wire)).toString(), '5');
  });

  test('is written alone, with its default if it is absent', () => {
    const written = (name: string, wire: Uint8Array = new Uint8Array()): string =>
      Buffer.from(codecOf(name).write(wire)).toString();
    const rows = {
      f_int64: '"0"',
      f_string: '""',
      f_bytes: '""',
      color: '"COLOR_UNSPECIFIED"',
      inner: 'null',
      r_int32: '[]',
      m_ss: '{}',
      o_int32: 'null',
      c_str: 'null',
    };
    for (const [name, json] of Object.entries(rows)) assert.equal(written(name), json, name);
    assert.equal(written('c_str', records(text(80, 'a'), varint(81, 1))), 'null');
    assert.equal(written('c_int', records(text(80, 'a'), varint(81, 1))), '1');
    assert.equal(written('r_int32', records(varint(30, 1), text(14, 'x'), varint(30, 2))), '[1,2]');
  });
});

test('any text and any bytes are read, or refused with a status', () => {
  const codec = codecs.message(vectorMessage('Everything'));
  const attempt = (call: () => unknown, code: number): void => {
    const result = failure(call);
    assert.ok(result === 'no failure' || result.startsWith(`${code} `), result);
  };
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (json) => {
      attempt(() => codec.read(Buffer.from(json)), Code.INVALID_ARGUMENT);
      attempt(
        () => codecs.message(vectorMessage('google.protobuf.Value')).read(Buffer.from(json)),
        Code.INVALID_ARGUMENT,
      );
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (wire) => {
      attempt(() => codec.write(wire), Code.INTERNAL);
      attempt(() => codec.read(wire), Code.INVALID_ARGUMENT);
    }),
  );
});
