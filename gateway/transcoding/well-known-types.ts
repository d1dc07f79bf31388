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
 * In an Any these stand in a member "value", all other messages with their fields beside "@type". Empty among them is
 * protobuf-go's reading, and so grpc-gateway's.
 */
export function hasOwnJsonForm(type: DescMessage): boolean {
  return otherTypes.has(type.typeName) || wrapperTypes.has(type.typeName);
}
