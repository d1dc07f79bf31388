import type { FieldPlan } from './scan-message.ts';
import { type WireReader, WireType, type WriteMessage, type WriteValue } from './wire-reader.ts';
import type { ValueKind } from './write-scalar.ts';

/** A message as the value of a field: between a length and its end, or delimited by group tags with the field's number. */
export function messageKind(message: WriteMessage, delimitedBy: number | undefined): ValueKind {
  if (delimitedBy === undefined) {
    const write: WriteValue = (wire, json, end) => {
      const length = wire.length(end);
      const stop = wire.position + length;
      message(wire, json, wire.position, stop);
      wire.position = stop;
    };
    return { wireType: WireType.length, write, zero: 'null', message };
  }
  const startTag = delimitedBy * 8 + WireType.startGroup;
  const write: WriteValue = (wire, json, end) => {
    const start = wire.position;
    const stop = wire.skipGroup(startTag, end);
    const after = wire.position;
    message(wire, json, start, stop);
    wire.position = after;
  };
  return { wireType: WireType.startGroup, write, zero: 'null', message };
}

/** The plan of a field that is not repeated, or of the key or value of a map entry. */
export function valuePlan(number: number, kind: ValueKind): FieldPlan {
  const tag = number * 8 + kind.wireType;
  const write = kind.message === undefined ? kind.write : mergingWriter(tag, kind.write, kind.message);
  return {
    tags: [tag],
    repeated: false,
    oneof: undefined,
    known: undefined,
    cumulative: kind.message !== undefined,
    write,
  };
}

/** Writes a message from all occurrences of its field. */
function mergingWriter(tag: number, write: WriteValue, message: WriteMessage): WriteValue {
  return (wire, json, end) => {
    if (wire.position === wire.last) {
      write(wire, json, end);
      return;
    }
    const ranges = occurrences(wire, tag, end);
    const after = wire.position;
    wire.writeMerged(ranges, json, message);
    wire.position = after;
  };
}

/** The contents of a message field from the first to the last occurrence. */
function occurrences(wire: WireReader, tag: number, end: number): readonly [start: number, end: number][] {
  const { last } = wire;
  const ranges: [number, number][] = [];
  for (;;) {
    const isLast = wire.position === last;
    if ((tag & 7) === WireType.startGroup) {
      const start = wire.position;
      ranges.push([start, wire.skipGroup(tag, end)]);
    } else {
      const length = wire.length(end);
      ranges.push([wire.position, wire.position + length]);
      wire.position += length;
    }
    if (isLast) return ranges;
    for (let next = wire.tag(end); next !== tag; next = wire.tag(end)) wire.skip(next, end);
  }
}
