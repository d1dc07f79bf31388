import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, type DescField, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** Every type of the vectors and what they import. */
export const vectorRegistry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(join(import.meta.dirname, 'vectors.binpb'))),
);

/** A message by its name in package vectors.v1, or by its full name. */
export function vectorMessage(name: string): DescMessage {
  const type = vectorRegistry.getMessage(`vectors.v1.${name}`) ?? vectorRegistry.getMessage(name);
  if (type === undefined) throw new Error(`no message ${name}`);
  return type;
}

/** Fields from a message down to the one that is named "inner.seen_at". */
export function vectorPath(message: DescMessage, path: string): DescField[] {
  const fields: DescField[] = [];
  for (const name of path.split('.')) {
    const field = (fields.at(-1)?.message ?? message).fields.find((each) => each.name === name);
    if (field === undefined) throw new Error(`no field ${path} in ${message.typeName}`);
    fields.push(field);
  }
  return fields;
}
