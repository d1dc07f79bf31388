import type { JsonWriter } from './json-writer.ts';
import type { WireReader, WriteValue } from './wire-reader.ts';

/**
 * Writes a message in one pass while it is read, if its bytes are as encoders write them: fields in order of their numbers,
 * none but lists and maps more than once, unknown ones behind the known. Returns false, or throws a StatusError or
 * RangeError, when it meets anything else, faults included; then the message has to be written anew with the writer that
 * knows all rules (write-message.ts).
 */
export type WriteCanonical = (wire: WireReader, json: JsonWriter, start: number, end: number) => boolean;

/** What the text of a canonical writer has for a field. All but these kinds have a writer of their own that it calls. */
export type Kind =
  | 'string'
  | 'strings'
  | 'varint'
  | 'quotedVarint'
  | 'double'
  | 'names'
  | 'message'
  | 'messages'
  | 'other'
  | 'others';

export interface CanonicalField {
  readonly kind: Kind;
  readonly number: number;
  /** Field number * 8 + wire type; two for lists that may be packed. */
  readonly tags: readonly number[];
  /** "name": */
  readonly name: string;
  /** "name":default, if it is written when the field is absent. */
  readonly absent: string | undefined;
  /** Its default, if the field is left out when it has that value. */
  readonly leftOut: Buffer | undefined;
  /** Index of its oneof, if that has other members. */
  readonly oneof: number | undefined;
  /** JSON of the values of an enum or of bool. */
  readonly names: ReadonlyMap<number, string>;
  /** A closed enum: numbers without a name are unknown fields. */
  readonly isClosed: boolean;
  /** Writes the message of a field of kind message or messages; it is compiled when the first one is written. */
  readonly message: { readonly write: WriteCanonical } | undefined;
  readonly write: WriteValue;
}
