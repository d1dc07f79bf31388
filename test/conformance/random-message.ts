import { type DescEnum, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AnyField, FieldsOf } from '../../gateway/transcoding/message-fields.ts';
import type { RandomChoice } from './random-choice.ts';
import { scalarWireType } from './well-formed.ts';

export interface MessageContext {
  readonly choice: RandomChoice;
  readonly fieldsOf: FieldsOf;
  /** Types that an Any may hold. */
  readonly anyTypes: readonly DescMessage[];
  /** How many more messages there may be in the message. */
  budget: number;
}

/** Messages within messages. */
const deepest = 5;

function isEnough(context: MessageContext, depth: number): boolean {
  return depth >= deepest || context.budget <= 0;
}

/**
 * Wire bytes of a message: well-formed, but with all that the wire allows. Fields come in any order and more than once, lists
 * packed or not, among unknown fields, map entries without key or value; some values have no JSON form or are invalid UTF-8.
 */
export function randomMessage(context: MessageContext, type: DescMessage, depth = 0): Uint8Array {
  context.budget--;
  const special = randomWellKnown(context, type, depth);
  if (special !== undefined) return special;
  const { choice } = context;
  const fields = context.fieldsOf(type);
  // protobuf-es takes a Value without a value for null where it is in a Struct: there are none here.
  const isValue = type.typeName === 'google.protobuf.Value';
  const chosen = isValue
    ? [choice.pick(fields.filter((field) => field.message === undefined || !isEnough(context, depth)))]
    : fields.filter((field) => field.presence === 3 || choice.once(2));
  const records = chosen.flatMap((field) => randomField(context, field, depth));
  if (choice.once(8)) records.push(unknownField(choice));
  return Buffer.concat(choice.once(3) ? choice.shuffle(records) : records);
}

/** All records of one field. */
function randomField(context: MessageContext, field: AnyField, depth: number): Uint8Array[] {
  const { choice } = context;
  if (isEnough(context, depth) && field.message !== undefined) return [];
  if (field.fieldKind === 'map') {
    return choice.array(3, () =>
      record(field.number, WireType.LengthDelimited, delimited(randomEntry(context, field, depth))),
    );
  }
  if (field.fieldKind !== 'list') {
    return Array.from({ length: choice.once(6) ? 2 : 1 }, () => single(context, field, field.number, depth));
  }
  const isPackable =
    ![undefined, ScalarType.STRING, ScalarType.BYTES].includes(field.scalar) || field.enum !== undefined;
  return choice.array(3, () => {
    if (!isPackable || choice.once(2)) return single(context, field, field.number, depth);
    const elements = choice.array(4, () => content(context, field, depth));
    return record(field.number, WireType.LengthDelimited, delimited(Buffer.concat(elements)));
  });
}

function randomEntry(
  context: MessageContext,
  field: AnyField & { readonly fieldKind: 'map' },
  depth: number,
): Uint8Array {
  const { choice } = context;
  const isValue = field.message?.typeName === 'google.protobuf.Value';
  const key = (): Uint8Array => record(1, scalarWireType(field.mapKey), scalar(choice, field.mapKey));
  const value = (): Uint8Array => single(context, field, 2, depth);
  const parts = [choice.once(6) ? [] : key(), choice.once(6) && !isValue ? [] : value()];
  if (choice.once(12)) parts.push(choice.pick([key, value, () => unknownField(choice)])());
  return Buffer.concat((choice.once(4) ? choice.shuffle(parts) : parts).map((part) => Uint8Array.from(part)));
}

/** One record with one value. */
function single(context: MessageContext, field: AnyField, number: number, depth: number): Uint8Array {
  const bytes = content(context, field, depth);
  if (field.message === undefined) {
    return record(number, field.scalar === undefined ? WireType.Varint : scalarWireType(field.scalar), bytes);
  }
  if (!field.delimitedEncoding) return record(number, WireType.LengthDelimited, delimited(bytes));
  const end = new BinaryWriter().tag(number, WireType.EndGroup).finish();
  return Buffer.concat([record(number, WireType.StartGroup, bytes), end]);
}

/** A value without tag, and, for messages, without length. */
function content(context: MessageContext, field: AnyField, depth: number): Uint8Array {
  if (field.message !== undefined) return randomMessage(context, field.message, depth + 1);
  if (field.enum !== undefined) return enumNumber(context.choice, field.enum);
  return scalar(context.choice, field.scalar);
}

function record(number: number, wireType: WireType, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, wireType).raw(bytes).finish();
}

function delimited(bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().bytes(bytes).finish();
}

function enumNumber(choice: RandomChoice, type: DescEnum): Uint8Array {
  const known = choice.pick(type.values).number;
  return new BinaryWriter().int32(choice.once(5) ? choice.pick([0, 1, 99, -7]) : known).finish();
}

/** A field that no message of the random schemas has; groups within groups among them. */
function unknownField(choice: RandomChoice): Uint8Array {
  const writer = new BinaryWriter();
  const number = choice.pick([18, 400, 6000]);
  switch (choice.integer(0, 4)) {
    case 0:
      return writer.tag(number, WireType.Varint).int64(choice.bigint()).finish();
    case 1:
      return writer.tag(number, WireType.Bit32).fixed32(7).finish();
    case 2:
      return writer.tag(number, WireType.Bit64).double(1).finish();
    case 3:
      return writer.tag(number, WireType.LengthDelimited).bytes(choice.bytes(5)).finish();
    default: {
      writer.tag(number, WireType.StartGroup);
      if (choice.once(2)) writer.raw(unknownField(choice));
      return writer.tag(number, WireType.EndGroup).finish();
    }
  }
}

function scalar(choice: RandomChoice, type: ScalarType): Uint8Array {
  const writer = new BinaryWriter();
  switch (type) {
    case ScalarType.STRING:
      if (choice.once(40)) return writer.bytes(choice.bytes(4)).finish();
      return writer
        .string(choice.once(6) ? 'a "quoted" \\ text\n\u0000\u2028 of some length: 0123456789' : choice.text())
        .finish();
    case ScalarType.BYTES:
      return writer.bytes(choice.bytes(choice.once(8) ? 200 : 7)).finish();
    case ScalarType.BOOL:
      return writer.uint32(choice.pick([0, 1, 2, 300])).finish();
    case ScalarType.FLOAT:
      return writer.float(Math.fround(choice.once(3) ? choice.pick(numbers) : choice.float())).finish();
    case ScalarType.DOUBLE:
      return writer.double(choice.once(3) ? choice.pick(numbers) : choice.double()).finish();
    default:
      return integer(choice, type);
  }
}

const numbers = [
  0,
  -0,
  1,
  -1.5,
  0.1,
  1e21,
  2 ** 53,
  5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

/** Integers of any size: what does not fit into the type is cut off on the wire. */
function integer(choice: RandomChoice, type: ScalarType): Uint8Array {
  const writer = new BinaryWriter();
  const long = choice.once(2)
    ? choice.bigint()
    : BigInt(choice.pick([0, 1, -1, 127, 128, -(2 ** 31), 2 ** 31, 2 ** 53]));
  switch (type) {
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return writer.sfixed64(BigInt.asIntN(64, long)).finish();
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return writer.sfixed32(Number(BigInt.asIntN(32, long))).finish();
    default:
      return writer.int64(BigInt.asIntN(64, long)).finish();
  }
}

/** Contents of the well-known types that random fields would hardly make valid. */
function randomWellKnown(context: MessageContext, type: DescMessage, depth: number): Uint8Array | undefined {
  const { choice } = context;
  const writer = new BinaryWriter();
  switch (type.typeName) {
    case 'google.protobuf.Timestamp': {
      const seconds = choice.pick([
        0,
        1_700_000_000,
        -1,
        -62_135_596_800,
        253_402_300_799,
        choice.integer(-1e10, 2e11),
      ]);
      writer.tag(1, WireType.Varint).int64(choice.once(30) ? choice.bigint() >> 1n : seconds);
      if (choice.once(2))
        writer.tag(2, WireType.Varint).int32(choice.pick([0, 1, 120, 5_000_000, 999_999_999, 678_901_000]));
      return writer.finish();
    }
    case 'google.protobuf.Duration': {
      const sign = choice.pick([1, -1]);
      if (choice.once(2)) writer.tag(1, WireType.Varint).int64(sign * choice.pick([0, 1, 3600, 315_576_000_000]));
      if (choice.once(2))
        writer.tag(2, WireType.Varint).int32(sign * choice.pick([0, 1, 999_999_999, 500_000_000, 1000]));
      return writer.finish();
    }
    case 'google.protobuf.FieldMask': {
      const paths = [
        'a',
        'snake_case',
        'some_name.inner',
        'x.y.z',
        ...(choice.once(20) ? ['UPPER', 'a__b', 'x_2nd'] : []),
      ];
      for (const path of choice.array(3, () => choice.pick(paths)))
        writer.tag(1, WireType.LengthDelimited).string(path);
      return writer.finish();
    }
    case 'google.protobuf.Any': {
      if (isEnough(context, depth) || choice.once(10)) return new Uint8Array();
      const packed = choice.pick(context.anyTypes);
      const name = choice.once(40) ? 'no.such.Type' : packed.typeName;
      writer.tag(1, WireType.LengthDelimited).string(`type.googleapis.com/${name}`);
      writer.tag(2, WireType.LengthDelimited).bytes(randomMessage(context, packed, depth + 1));
      return writer.finish();
    }
    default:
      return undefined;
  }
}
