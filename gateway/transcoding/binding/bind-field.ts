import type { DescField } from '@bufbuild/protobuf';
import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import type { Codecs } from '../codec.ts';
import { readMessageText } from './text-message.ts';
import { enumNumber, TextValueError, wireTypeOf, writeScalarText } from './text-scalar.ts';

/** From the request message down to the field that a value is for; all but the last are singular messages. */
export type FieldPath = readonly DescField[];

/** One text of a path or query as it is written for its field; a map's comes with the key. */
export interface TextValue {
  readonly key?: string;
  readonly text: string;
}

/**
 * Appends wire bytes of the request message in which only the field at `path` is set. A message that is written in
 * several pieces is merged by its reader (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 * Throws INVALID_ARGUMENT that names the parameter.
 */
export function bindField(
  writer: BinaryWriter,
  path: FieldPath,
  values: readonly TextValue[],
  context: { readonly codecs: Codecs; readonly parameter: string },
): void {
  const leaf = path.at(-1);
  if (leaf === undefined) return;
  for (const field of path.slice(0, -1)) openMessage(writer, field.number, field);
  for (const value of values) {
    try {
      writeValue(writer, leaf, value, context.codecs);
    } catch (thrown) {
      throw atParameter(thrown, context.parameter);
    }
  }
  for (const field of path.slice(0, -1).reverse()) closeMessage(writer, field.number, field);
}

function writeValue(writer: BinaryWriter, field: DescField, { key, text }: TextValue, codecs: Codecs): void {
  if (field.fieldKind !== 'map') {
    writeElement(writer, field.number, field, text, codecs);
    return;
  }
  if (key === undefined) throw new TextValueError('a map needs its key: name[key]=value');
  writer.tag(field.number, WireType.LengthDelimited).fork();
  writer.tag(1, wireTypeOf(field.mapKey));
  writeScalarText(writer, field.mapKey, key);
  writeElement(writer, 2, field, text, codecs);
  writer.join();
}

/** What a singular field, an element of a list and a value of a map have in common. */
type ElementType = Pick<DescField, 'scalar' | 'enum' | 'message'> & { readonly delimitedEncoding?: boolean };

function writeElement(writer: BinaryWriter, number: number, type: ElementType, text: string, codecs: Codecs): void {
  if (type.scalar !== undefined) {
    writer.tag(number, wireTypeOf(type.scalar));
    writeScalarText(writer, type.scalar, text);
  } else if (type.enum !== undefined) {
    writer.tag(number, WireType.Varint).int32(enumNumber(type.enum, text));
  } else if (type.message !== undefined) {
    openMessage(writer, number, type);
    writer.raw(readMessageText(codecs, type.message, text));
    closeMessage(writer, number, type);
  }
}

function openMessage(writer: BinaryWriter, number: number, type: ElementType): void {
  if (type.delimitedEncoding) writer.tag(number, WireType.StartGroup);
  else writer.tag(number, WireType.LengthDelimited).fork();
}

function closeMessage(writer: BinaryWriter, number: number, type: ElementType): void {
  if (type.delimitedEncoding) writer.tag(number, WireType.EndGroup);
  else writer.join();
}

function atParameter(thrown: unknown, parameter: string): StatusError {
  if (thrown instanceof TextValueError || (thrown instanceof StatusError && thrown.code === Code.INVALID_ARGUMENT)) {
    return new StatusError(Code.INVALID_ARGUMENT, `parameter "${parameter}": ${thrown.message}`);
  }
  return StatusError.from(thrown);
}
