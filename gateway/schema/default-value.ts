import { FieldDescriptorProto_Type as Type } from '@bufbuild/protobuf/wkt';
import { integerOf } from './proto-context.ts';
import { escapeBytes, stringBytes, stringText } from './proto-literals.ts';
import { ProtoSyntaxError, type Token } from './proto-tokens.ts';
import type { OptionStatement } from './read-option.ts';

const integerRanges: ReadonlyMap<Type, readonly [bigint, bigint]> = new Map(
  [
    { types: [Type.INT32, Type.SINT32, Type.SFIXED32], range: [-(2n ** 31n), 2n ** 31n - 1n] },
    { types: [Type.INT64, Type.SINT64, Type.SFIXED64], range: [-(2n ** 63n), 2n ** 63n - 1n] },
    { types: [Type.UINT32, Type.FIXED32], range: [0n, 2n ** 32n - 1n] },
    { types: [Type.UINT64, Type.FIXED64], range: [0n, 2n ** 64n - 1n] },
  ].flatMap(({ types, range: [low = 0n, high = 0n] }) => types.map((type) => [type, [low, high]] as const)),
);

/** A default as FieldDescriptorProto.default_value holds it; `type` is undefined for a name yet to be resolved (an enum). */
export function defaultValueText(type: Type | undefined, { value, start }: OptionStatement): string {
  const text = valueText(type, value);
  if (text === undefined) throw new ProtoSyntaxError('a default that does not fit the type of the field', start);
  return text;
}

function valueText(type: Type | undefined, tokens: readonly Token[]): string | undefined {
  const negative = tokens[0]?.text === '-';
  const token = tokens[negative ? 1 : 0];
  if (token === undefined) return undefined;
  switch (type) {
    case Type.STRING:
      return token.kind === 'string' ? stringText(tokens) : undefined;
    case Type.BYTES:
      return token.kind === 'string' ? escapeBytes(stringBytes(tokens)) : undefined;
    case Type.BOOL:
      return !negative && (token.text === 'true' || token.text === 'false') ? token.text : undefined;
    case Type.FLOAT:
    case Type.DOUBLE:
      return floatText(token, negative);
    case undefined:
      return !negative && token.kind === 'identifier' ? token.text : undefined;
    default:
      return integerText(type, token, negative);
  }
}

function integerText(type: Type, token: Token, negative: boolean): string | undefined {
  const range = integerRanges.get(type);
  if (token.kind !== 'integer' || range === undefined) return undefined;
  const value = negative ? -integerOf(token.text) : integerOf(token.text);
  return value >= range[0] && value <= range[1] ? String(value) : undefined;
}

function floatText(token: Token, negative: boolean): string | undefined {
  const sign = negative ? '-' : '';
  if (token.kind === 'identifier') return token.text === 'inf' || token.text === 'nan' ? sign + token.text : undefined;
  if (token.kind === 'string') return undefined;
  const value = token.kind === 'integer' ? Number(integerOf(token.text)) : Number(token.text);
  return sign + (Number.isFinite(value) ? String(value) : 'inf');
}
