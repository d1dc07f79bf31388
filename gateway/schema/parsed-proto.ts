import { create, type DescMessage, type MessageShape, type Registry } from '@bufbuild/protobuf';
import { mergeFromText } from '@bufbuild/protobuf/txtpb';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { OptionStatement } from './read-option.ts';

/** A type name as written, which the linker turns into a full name. */
export interface TypeReference {
  /** Full name of the message or package where the search begins. */
  readonly scope: string;
  readonly name: string;
  readonly start: number;
  /** "message" where an enum will not do (extendee, method, group). */
  readonly wanted: 'message' | 'type';
  /** Takes the full name with its leading dot. */
  readonly set: (typeName: string, kind: 'message' | 'enum') => void;
}

/** Merges one option, written in the text format, into the options message that it belongs to. */
export type MergeOption = (text: string, registry?: Registry) => void;

/** An option whose name holds an extension: it can be read only when the extension is known. */
export interface CustomOption {
  readonly statement: OptionStatement;
  /** Full name of what the option stands on. */
  readonly scope: string;
  readonly merge: MergeOption;
}

/** One .proto file by itself: type names and custom options still stand as written. */
export interface ParsedProto {
  readonly file: FileDescriptorProto;
  readonly source: string;
  /** Offset of each import, in the order of `file.dependency`. */
  readonly importStarts: readonly number[];
  readonly references: readonly TypeReference[];
  readonly customOptions: readonly CustomOption[];
  /** Offset of the name of every declaration of the file, by its descriptor. */
  readonly starts: ReadonlyMap<object, number>;
}

export function mergeInto<Desc extends DescMessage>(
  schema: Desc,
  holder: { options?: MessageShape<Desc> | undefined },
): MergeOption {
  return (text, registry) => {
    holder.options = mergeFromText(schema, holder.options ?? create(schema), text, { registry });
  };
}
