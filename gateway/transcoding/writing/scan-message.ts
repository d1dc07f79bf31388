import type { JsonWriter } from './json-writer.ts';
import type { WireReader, WriteValue } from './wire-reader.ts';

/** Of a field, what finding and writing it in wire bytes needs. */
export interface FieldPlan {
  /** Field number * 8 + wire type; two for lists that may be packed. With any other wire type it is an unknown field. */
  readonly tags: readonly number[];
  readonly repeated: boolean;
  /** All occurrences count, not the last one alone: lists, maps and messages. */
  readonly cumulative: boolean;
  /** The same for the members of one oneof. */
  readonly oneof: unknown;
  /** The numbers of a closed enum. */
  readonly known: ReadonlySet<number> | undefined;
  /**
   * Writes the field's value: `wire.position` is where its first occurrence begins, `wire.last` its last one. That is the
   * position of the value, for lists and maps that of the tag.
   */
  readonly write: WriteValue;
}

/**
 * Finds the fields of a message in its wire bytes, whatever their order, and checks on the way that every value lies within
 * its bounds. Returns the first of two slots a field, in order of the plans: where its first and its last occurrence begin,
 * -1 for none. They are given back with `wire.slotCount = …` once the message is written.
 */
export type ScanMessage = (wire: WireReader, json: JsonWriter, start: number, end: number) => number;

/** Tags below this are looked up in an array: all fields up to number 255. */
const tableSize = 2048;

export function compileScan(plans: readonly FieldPlan[]): ScanMessage {
  const largest = Math.max(0, ...plans.flatMap((plan) => plan.tags.filter((tag) => tag < tableSize)));
  /** Index of a tag's field + 1; 0 for a tag that no field has. */
  const table = new Int32Array(largest + 1);
  const rest = new Map<number, number>();
  for (const [index, { tags }] of plans.entries()) {
    for (const tag of tags) {
      if (tag < tableSize) table[tag] = index + 1;
      else rest.set(tag, index + 1);
    }
  }
  const repeated = Uint8Array.from(plans, (plan) => Number(plan.repeated));
  const cumulative = Uint8Array.from(plans, (plan) => Number(plan.cumulative));
  const rules = plans.map((_, index) => ruleOf(plans, index));
  const slotCount = plans.length * 2;

  return (wire, json, start, end) => {
    const first = wire.takeSlots(slotCount);
    wire.position = start;
    while (wire.position < end) {
      const before = wire.position;
      const tag = wire.tag(end);
      const index = (tag < table.length ? (table[tag] ?? 0) : (rest.get(tag) ?? 0)) - 1;
      if (index < 0) {
        wire.skip(tag, end);
        continue;
      }
      const at = repeated[index] === 1 ? before : wire.position;
      wire.skip(tag, end);
      const rule = rules[index];
      if (rule !== undefined && !rule(wire, json, first, at)) continue;
      const slot = first + index * 2;
      const { slots } = wire;
      if ((slots[slot] ?? 0) < 0) slots[slot] = at;
      else if (cumulative[index] === 0) {
        discard(wire, json, plans[index], slot);
        slots[slot] = at;
      }
      slots[slot + 1] = at;
    }
    return first;
  };
}

/** Called after each occurrence of a field; false passes it over. `first` is the message's first slot. */
type Rule = (wire: WireReader, json: JsonWriter, first: number, at: number) => boolean;

/** Most fields have none. */
function ruleOf(plans: readonly FieldPlan[], index: number): Rule | undefined {
  const plan = plans[index];
  if (plan === undefined) return undefined;
  const rules = [closedEnumRule(plan), oneofRule(plans, plan, index)];
  const applying = rules.filter((rule) => rule !== undefined);
  if (applying.length < 2) return applying[0];
  return (wire, json, first, at) => applying.every((rule) => rule(wire, json, first, at));
}

/** A number that a closed enum does not have counts as an unknown field (https://protobuf.dev/programming-guides/enum/). */
function closedEnumRule({ known }: FieldPlan): Rule | undefined {
  if (known === undefined) return undefined;
  return (wire, _json, _first, at) => {
    const after = wire.position;
    wire.position = at;
    const value = wire.varint32() | 0;
    wire.position = after;
    return known.has(value);
  };
}

/** Of the members of a oneof, the last one on the wire is set. */
function oneofRule(plans: readonly FieldPlan[], { oneof }: FieldPlan, index: number): Rule | undefined {
  if (oneof === undefined) return undefined;
  const others = [...plans.entries()].filter(([other, plan]) => other !== index && plan.oneof === oneof);
  return (wire, json, first) => {
    for (const [other, plan] of others) {
      const slot = first + other * 2;
      discard(wire, json, plan, slot);
      wire.slots.fill(-1, slot, slot + 2);
    }
    return true;
  };
}

/** Writes a value that a later one supersedes, and takes it back: its wire bytes have to be valid nevertheless. */
function discard(wire: WireReader, json: JsonWriter, plan: FieldPlan | undefined, slot: number): void {
  const after = wire.position;
  if (plan !== undefined && wire.seek(slot)) wire.discard(json, plan.write, wire.bytes.length);
  wire.position = after;
}
