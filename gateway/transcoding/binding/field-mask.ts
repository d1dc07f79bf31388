import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { findField } from '../find-field.ts';

/** The one field of type FieldMask that a PATCH fills in; undefined when there is none, or more than one. */
export function fieldMaskOf(request: DescMessage): DescField | undefined {
  const masks = request.fields.filter(
    (field) => field.fieldKind === 'message' && field.message.typeName === 'google.protobuf.FieldMask',
  );
  return masks.length === 1 ? masks[0] : undefined;
}

/**
 * Wire bytes of the request message in which only the mask is set: the paths of all fields that the JSON body of a
 * PATCH names, in proto names and sorted. `body` is valid JSON for the message. Throws INVALID_ARGUMENT for a name that
 * is no field: a mask without it would not say what the client meant.
 */
export function writeFieldMask(mask: DescField, message: DescMessage, body: Uint8Array): Uint8Array {
  const paths: string[] = [];
  collectPaths(message, JSON.parse(Buffer.from(body).toString()) as unknown, '', paths);
  const writer = new BinaryWriter();
  writer.tag(mask.number, WireType.LengthDelimited).fork();
  for (const path of paths.sort()) writer.tag(1, WireType.LengthDelimited).string(path);
  return writer.join().finish();
}

function collectPaths(message: DescMessage, json: unknown, prefix: string, paths: string[]): void {
  if (typeof json !== 'object' || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    const field = findField(message, name);
    if (field === undefined) {
      throw new StatusError(Code.INVALID_ARGUMENT, `${prefix}${name}: ${message.typeName} has no such field`);
    }
    const path = `${prefix}${field.name}`;
    if (isUntypedAny(field, value)) throw new StatusError(Code.INVALID_ARGUMENT, `${path}: "@type" is missing`);
    if (field.fieldKind === 'message' && isObject(value) && isDynamic(field.message)) {
      collectKeys(value, path, paths);
    } else if (field.fieldKind === 'message' && hasMembers(field.message, value)) {
      collectPaths(field.message, value, `${path}.`, paths);
    } else {
      paths.push(path);
    }
  }
}

function isDynamic({ typeName }: DescMessage): boolean {
  return typeName === 'google.protobuf.Struct' || typeName === 'google.protobuf.Value';
}

/** Goes down into a Struct as grpc-gateway does, so that keys which the client leaves out stay as they are. */
function collectKeys(json: object, path: string, paths: string[]): void {
  const members = Object.entries(json);
  if (members.length === 0) paths.push(path);
  for (const [key, value] of members) {
    const below = `${path}.${quoteKey(key)}`;
    if (isObject(value)) collectKeys(value, below, paths);
    else paths.push(below);
  }
}

/** Backticks around what would not be one part of a path (https://google.aip.dev/161, "Map fields"). */
function quoteKey(key: string): string {
  return key === '' || /[.,`]/.test(key) ? `\`${key.replaceAll('`', '``')}\`` : key;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An Any whose type the client left out: not what is to be changed in it, and no value to put in its place. */
function isUntypedAny({ fieldKind, message }: DescField, value: unknown): boolean {
  if (fieldKind !== 'message' || message.typeName !== 'google.protobuf.Any') return false;
  return typeof value !== 'object' || value === null || !Object.hasOwn(value, '@type');
}

/** Whether the mask goes down into the value: not into an empty one, nor into a type with a JSON form of its own. */
function hasMembers(type: DescMessage, value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length > 0 &&
    !type.typeName.startsWith('google.protobuf.')
  );
}
