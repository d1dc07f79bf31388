import type { DescField, DescMessage } from '@bufbuild/protobuf';

/** How messages are written as JSON, and what is refused when they are read (proto3 JSON mapping, "JSON options"). */
export interface JsonOptions {
  /** Write fields without presence that hold their default value. */
  readonly emitDefaults: boolean;
  /** Write field names as in the proto, not in lowerCamelCase. Both are always read. */
  readonly protoNames: boolean;
  readonly enumsAsNumbers: boolean;
  /** Spaces a level; 0 writes everything on one line. */
  readonly indent: number;
  /** What an unknown JSON field or enum name does: is passed over, or INVALID_ARGUMENT. */
  readonly unknownFields: 'ignore' | 'reject';
}

export const defaultJsonOptions: JsonOptions = {
  emitDefaults: true,
  protoNames: false,
  enumsAsNumbers: false,
  indent: 0,
  unknownFields: 'ignore',
};

/** Nesting allowed in JSON text and in messages, as in the protobuf libraries. */
export const maxDepth = 100;

/**
 * JSON text ↔ wire bytes of one message type or one field of it.
 * `read` throws StatusError INVALID_ARGUMENT that names the field's path; `write` throws StatusError INTERNAL
 * when the bytes are not a message of the type or have no JSON form.
 */
export interface Codec {
  /** UTF-8 JSON text → wire bytes. */
  read(json: Uint8Array): Uint8Array;
  /** Wire bytes → UTF-8 JSON text, which is lent (`Codecs.release`). */
  write(wire: Uint8Array): Buffer;
}

/** Codecs of a schema, each made at its first use and kept. */
export interface Codecs {
  message(type: DescMessage): Codec;
  /**
   * One field of a message (`body: "field"`, `response_body: "field"`).
   * `read` gives wire bytes of the message with that field alone; `write` takes the whole message and gives the field's JSON.
   */
  field(field: DescField): Codec;
  /**
   * Takes back text that `write` gave, once, so that another can be written in its place. Text that is never released stays
   * as it is.
   */
  release(text: Buffer): void;
}
