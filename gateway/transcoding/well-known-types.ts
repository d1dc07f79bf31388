import type { DescMessage } from '@bufbuild/protobuf';

/** The wrapper types of google/protobuf/wrappers.proto. */
export const wrapperTypes: ReadonlySet<string> = new Set(
  ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name) => `google.protobuf.${name}Value`,
  ),
);

const otherTypes: ReadonlySet<string> = new Set(
  ['Any', 'Timestamp', 'Duration', 'FieldMask', 'Struct', 'Value', 'ListValue', 'Empty'].map(
    (name) => `google.protobuf.${name}`,
  ),
);

/**
 * In an Any these stand in a member "value", all other messages with their fields beside "@type". Empty may do so as
 * well, as protobuf-go reads it.
 */
export function hasOwnJsonForm(type: DescMessage): boolean {
  return otherTypes.has(type.typeName) || wrapperTypes.has(type.typeName);
}

/** Seconds since 1970 of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what a Timestamp may hold. */
export const timestampRange = { from: -62_135_596_800, to: 253_402_300_799 } as const;

/** Ten thousand years: what a Duration may hold, in seconds either way. */
export const longestDuration = 315_576_000_000;

/** Whether a path of a FieldMask is made of field names. */
export function isFieldPath(path: string): boolean {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(path);
}
