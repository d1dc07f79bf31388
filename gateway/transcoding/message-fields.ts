import type { DescExtension, DescField, DescMessage, Registry } from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';

/** google.protobuf.FeatureSet.FieldPresence */
export const Presence = { explicit: 1, implicit: 2, required: 3 } as const;

export type AnyField = DescField | DescExtension;

/** A message's fields in order of declaration, then its extensions in order of their names: the order they are written in. */
export type FieldsOf = (type: DescMessage) => readonly AnyField[];

/** Finds fields and extensions; the registry is searched for extensions when one is first asked for. */
export function fieldsOf(registry: Registry): FieldsOf {
  let extensions: ReadonlyMap<string, readonly DescExtension[]> | undefined;
  return (type) => {
    if (type.proto.extensionRange.length === 0) return type.fields;
    extensions ??= Map.groupBy(
      [...registry].filter((desc) => desc.kind === 'extension').sort((a, b) => (a.typeName < b.typeName ? -1 : 1)),
      (extension) => extension.extendee.typeName,
    );
    return [...type.fields, ...(extensions.get(type.typeName) ?? [])];
  };
}

/** "fieldName", or "[package.extension]"; descriptor sets may lack json_name. */
export function jsonNameOf(field: AnyField): string {
  return field.jsonName === '' ? protoCamelCase(field.name) : field.jsonName;
}

/** "field_name", or "[package.extension]". */
export function protoNameOf(field: AnyField): string {
  return field.kind === 'extension' ? field.jsonName : field.name;
}

/** Is in a oneof, or `optional` in proto3 (which the compiler puts into a oneof of its own). */
export function isOneofMember(field: AnyField): boolean {
  return field.oneof !== undefined || field.proto.proto3Optional;
}
