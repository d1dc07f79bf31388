import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { FieldPath } from './binding/bind-field.ts';

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

/** The fields along a path that an HTTP rule names, which the schema has been checked for. */
export function findFieldPath(message: DescMessage, names: readonly string[]): FieldPath {
  const path: DescField[] = [];
  let holder: DescMessage | undefined = message;
  for (const name of names) {
    const field: DescField | undefined = holder && findField(holder, name);
    if (field === undefined) throw new Error(`${message.typeName} has no field ${names.join('.')}`);
    path.push(field);
    holder = field.message;
  }
  return path;
}
