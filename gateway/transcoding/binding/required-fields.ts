import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';

/** Wire bytes of a message → path of a required field that it lacks ("child.name"); undefined when it has them all. */
export type RequiredFieldCheck = (wire: Uint8Array) => string | undefined;

/**
 * Checks a request put together from body, query and path: no part of it has to have every required field of proto2
 * (https://protobuf.dev/programming-guides/proto2/#field-labels), but all parts together do. undefined: the type, and
 * what is in it, has none.
 */
export function createRequiredFieldCheck(type: DescMessage): RequiredFieldCheck | undefined {
  const types = reachableTypes(type);
  if (!types.some(({ fields }) => fields.some(isRequired))) return undefined;
  const plans = new Map(types.map((each) => [each, planOf(each)]));
  return (wire) => findMissing(wire, type, plans);
}

interface Plan {
  readonly required: readonly DescField[];
  /** Fields with messages inside, by number. */
  readonly nested: ReadonlyMap<number, NestedField>;
}

interface NestedField {
  readonly field: DescField;
  readonly type: DescMessage;
}

function planOf({ fields }: DescMessage): Plan {
  const nested = fields.flatMap((field) => (field.message ? [{ field, type: field.message }] : []));
  return {
    required: fields.filter(isRequired),
    nested: new Map(nested.map((each) => [each.field.number, each])),
  };
}

function isRequired({ presence }: DescField): boolean {
  return presence === FeatureSet_FieldPresence.LEGACY_REQUIRED;
}

function reachableTypes(type: DescMessage): DescMessage[] {
  const types = new Set([type]);
  for (const each of types) for (const { message } of each.fields) if (message) types.add(message);
  return [...types];
}

function findMissing(wire: Uint8Array, type: DescMessage, plans: ReadonlyMap<DescMessage, Plan>): string | undefined {
  const plan = plans.get(type);
  if (plan === undefined) return undefined;
  const present = new Set<number>();
  const messages = new Map<NestedField, Uint8Array[]>();
  const reader = new BinaryReader(wire);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    present.add(number);
    const nested = plan.nested.get(number);
    const content = readContent(reader, wire, number, wireType);
    if (nested !== undefined && content !== undefined) messages.set(nested, [...(messages.get(nested) ?? []), content]);
  }
  const missing = plan.required.find(({ number }) => !present.has(number));
  if (missing !== undefined) return missing.name;
  for (const [{ field, type: inner }, contents] of messages) {
    for (const content of wholeMessages(field, contents)) {
      const path = findMissing(content, inner, plans);
      if (path !== undefined) return `${field.name}.${path}`;
    }
  }
  return undefined;
}

/** The bytes of a field that may be a message. */
function readContent(
  reader: BinaryReader,
  wire: Uint8Array,
  number: number,
  wireType: WireType,
): Uint8Array | undefined {
  if (wireType === WireType.LengthDelimited) return reader.bytes();
  const start = reader.pos;
  reader.skip(wireType, number);
  if (wireType !== WireType.StartGroup) return undefined;
  // The tag that ends a group takes as many bytes as its number needs, of which three bits are the wire type's.
  const tagLength = Math.ceil((32 - Math.clz32(number << 3)) / 7);
  return wire.subarray(start, reader.pos - tagLength);
}

/** A singular message may be written in pieces; a map has its messages in field 2 of its entries. */
function wholeMessages(field: DescField, contents: readonly Uint8Array[]): readonly Uint8Array[] {
  if (field.fieldKind === 'list') return contents;
  if (field.fieldKind === 'message') return [Buffer.concat(contents)];
  return contents.map((entry) => {
    const reader = new BinaryReader(entry);
    const values: Uint8Array[] = [];
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      const content = readContent(reader, entry, number, wireType);
      if (number === 2 && content !== undefined) values.push(content);
    }
    return Buffer.concat(values);
  });
}
