import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { vectorMessage, vectorRegistry } from '../../../test/vectors/vector-registry.ts';
import { enumNumber, TextValueError, wireTypeOf, writeScalarText } from './text-scalar.ts';

const scalars = {
  double: ScalarType.DOUBLE,
  float: ScalarType.FLOAT,
  int32: ScalarType.INT32,
  sint32: ScalarType.SINT32,
  sfixed32: ScalarType.SFIXED32,
  uint32: ScalarType.UINT32,
  fixed32: ScalarType.FIXED32,
  int64: ScalarType.INT64,
  sint64: ScalarType.SINT64,
  sfixed64: ScalarType.SFIXED64,
  uint64: ScalarType.UINT64,
  fixed64: ScalarType.FIXED64,
  bool: ScalarType.BOOL,
  string: ScalarType.STRING,
  bytes: ScalarType.BYTES,
} as const;

type ScalarName = keyof typeof scalars;

function read(name: ScalarName, wire: Uint8Array): unknown {
  const value = new BinaryReader(wire)[name]();
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

function write(name: ScalarName, text: string): Uint8Array {
  const writer = new BinaryWriter();
  writeScalarText(writer, scalars[name], text);
  return writer.finish();
}

const minimum64 = -9223372036854775808n;
const valid: readonly (readonly [types: readonly ScalarName[], text: string, value: unknown])[] = [
  [['int32', 'sint32', 'sfixed32'], '0', 0],
  [['int32', 'sint32', 'sfixed32'], '-2147483648', -2147483648],
  [['int32', 'sint32', 'sfixed32'], '+2147483647', 2147483647],
  [['int32'], '007', 7],
  [['uint32', 'fixed32'], '4294967295', 4294967295],
  [['int64', 'sint64', 'sfixed64'], '-9223372036854775808', minimum64],
  [['int64', 'sint64', 'sfixed64'], '+9223372036854775807', 9223372036854775807n],
  [['uint64', 'fixed64'], '18446744073709551615', 18446744073709551615n],
  [['double', 'float'], '-1.5e2', -150],
  [['double', 'float'], '.5', 0.5],
  [['double', 'float'], '5.', 5],
  [['double', 'float'], '-0', -0],
  [['double'], '1e-400', 0],
  [['double'], '9007199254740993', 9007199254740992],
  [['double', 'float'], 'NaN', Number.NaN],
  [['double', 'float'], '+Inf', Number.POSITIVE_INFINITY],
  [['double', 'float'], '-infinity', Number.NEGATIVE_INFINITY],
  [['double', 'float'], '0x1p4', 16],
  [['double'], '-0X.8P-1', -0.25],
  [['double'], '1_000.5_0', 1000.5],
  [['float'], '3.4028235e38', 3.4028234663852886e38],
  [['bool'], 'true', true],
  [['bool'], 'T', true],
  [['bool'], '1', true],
  [['bool'], 'False', false],
  [['bool'], '0', false],
  [['string'], '', ''],
  [['string'], 'é\u{1f600}\u0000', 'é\u{1f600}\u0000'],
  [['bytes'], '', ''],
  [['bytes'], '+/8=', 'fbff'],
  [['bytes'], '-_8', 'fbff'],
];

for (const [types, text, value] of valid) {
  for (const name of types) {
    test(`${name} "${text}"`, () => assert.deepEqual(read(name, write(name, text)), value));
  }
}

const longNumber = '1'.repeat(200);
const faults: readonly (readonly [types: readonly ScalarName[], text: string, message: string])[] = [
  [['int32', 'sint32', 'sfixed32'], '2147483648', '2147483648 is out of range for int32'],
  [['uint32', 'fixed32'], '-1', '"-1" is not a value of type uint32'],
  [['uint32'], '+1', '"+1" is not a value of type uint32'],
  [['uint32'], '4294967296', '4294967296 is out of range for uint32'],
  [['int64'], '9223372036854775808', '9223372036854775808 is out of range for int64'],
  [['uint64'], '18446744073709551616', '18446744073709551616 is out of range for uint64'],
  [['int32'], '', '"" is not a value of type int32'],
  [['int32'], '1.0', '"1.0" is not a value of type int32'],
  [['int32'], '0x10', '"0x10" is not a value of type int32'],
  [['int64'], ' 1', '" 1" is not a value of type int64'],
  [['int64'], '१', '"१" is not a value of type int64'],
  [['int64'], longNumber, `"${'1'.repeat(100)}…" is not a value of type int64`],
  [['double', 'float'], '', '"" is not a number'],
  [['double'], '.', '"." is not a number'],
  [['double'], '1e', '"1e" is not a number'],
  [['double'], '1__0', '"1__0" is not a number'],
  [['double'], '_1', '"_1" is not a number'],
  [['double'], '0x1', '"0x1" is not a number'],
  [['double'], '0xp1', '"0xp1" is not a number'],
  [['double'], '-nan', '"-nan" is not a number'],
  [['double'], '0x1p99999', '0x1p99999 is out of range for double'],
  [['double', 'float'], '1e400', '1e400 is out of range for double'],
  [['float'], '1e39', '1e39 is out of range for float'],
  [['bool'], 'yes', '"yes" is not a value of type bool'],
  [['bool'], '', '"" is not a value of type bool'],
  [['bytes'], 'a', '"a" is not base64'],
  [['bytes'], 'YQ===', '"YQ===" is not base64'],
  [['bytes'], 'Y Q', '"Y Q" is not base64'],
];

for (const [types, text, message] of faults) {
  for (const name of types) {
    test(`${name} is never "${text.slice(0, 30)}"`, () => {
      assert.throws(() => write(name, text), new TextValueError(message));
    });
  }
}

test('the wire type of every scalar fits what is written', () => {
  const sizes = new Map<WireType, (wire: Uint8Array) => boolean>([
    [WireType.Varint, (wire) => wire.length <= 10],
    [WireType.Bit32, (wire) => wire.length === 4],
    [WireType.Bit64, (wire) => wire.length === 8],
    [WireType.LengthDelimited, (wire) => wire[0] === wire.length - 1],
  ]);
  for (const name of Object.keys(scalars) as ScalarName[]) {
    assert.equal(sizes.get(wireTypeOf(scalars[name]))?.(write(name, '1'.repeat(name === 'bytes' ? 4 : 1))), true, name);
  }
});

test('integers are read back as they were', () => {
  const any = {
    int64: fc.bigInt({ min: minimum64, max: -minimum64 - 1n }),
    uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  };
  fc.assert(fc.property(any.int64, (value) => assert.equal(read('int64', write('int64', String(value))), value)));
  fc.assert(fc.property(any.uint64, (value) => assert.equal(read('uint64', write('uint64', String(value))), value)));
});

test('doubles are read back as they were', () => {
  const textOf = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
  fc.assert(fc.property(fc.double(), (value) => assert.equal(read('double', write('double', textOf(value))), value)));
});

test('any text is a value or a TextValueError', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+]?[0-9.eExXnaif_=/]{0,40}$/));
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(scalars) as ScalarName[])), text, (name, value) => {
      try {
        assert.ok(write(name, value).length >= 0);
      } catch (error) {
        assert.ok(error instanceof TextValueError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

const color = vectorMessage('Everything').fields.find(({ name }) => name === 'color')?.enum;
const closed = vectorRegistry.getEnum('vectors.v1.OldEnum');

test('an enum value goes by its name or number; a closed enum has no others', () => {
  assert.ok(color !== undefined && closed !== undefined);
  assert.equal(enumNumber(color, 'BLUE'), 5);
  assert.equal(enumNumber(color, 'ULTRAVIOLET'), -3);
  assert.equal(enumNumber(color, '-3'), -3);
  assert.equal(enumNumber(color, '99'), 99);
  assert.equal(enumNumber(closed, 'OLD_TWO'), 2);
  assert.equal(enumNumber(closed, '2'), 2);
  assert.throws(() => enumNumber(closed, '9'), new TextValueError('9 is not a value of vectors.v1.OldEnum'));
  for (const text of ['', 'blue', 'toString', '1.0', '2147483648']) {
    assert.throws(() => enumNumber(color, text), TextValueError);
  }
});
