import type { DescField, DescMessage } from '@bufbuild/protobuf';

const fieldsByName = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** A field by its name in the proto or, failing that, by its JSON name. */
export function findField(message: DescMessage, name: string): DescField | undefined {
  let fields = fieldsByName.get(message);
  if (fields === undefined) {
    fields = new Map([
      ...message.fields.map((field) => [field.jsonName, field] as const),
      ...message.fields.map((field) => [field.name, field] as const),
    ]);
    fieldsByName.set(message, fields);
  }
  return fields.get(name);
}
