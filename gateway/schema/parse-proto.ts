import { create } from '@bufbuild/protobuf';
import {
  Edition,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import { parseEnum } from './parse-enum.ts';
import { parseExtend, parseMessage } from './parse-message.ts';
import { parseService } from './parse-service.ts';
import { mergeInto, type ParsedProto } from './parsed-proto.ts';
import { type ProtoContext, readString, takeOption } from './proto-context.ts';
import { ProtoSyntaxError, TokenReader } from './proto-tokens.ts';
import { readOption, readTypeName } from './read-option.ts';

/**
 * Reads one .proto file (protobuf.com/docs/language-spec) without looking at its imports.
 * Throws ProtoSyntaxError at the first fault.
 */
export function parseProto(path: string, source: string): ParsedProto {
  const file = create(FileDescriptorProtoSchema, { name: path });
  const reader = new TokenReader(source);
  const syntax = readSyntax(reader, file);
  const context: ProtoContext = { reader, syntax, references: [], customOptions: [], starts: new Map() };
  const importStarts: number[] = [];
  while (reader.peek().kind !== 'end') parseDeclaration(context, file, importStarts);
  const { references, customOptions, starts } = context;
  return { file, source, importStarts, references, customOptions, starts };
}

/** A file that does not say is proto2, and a descriptor does not say proto2 at all. */
function readSyntax(reader: TokenReader, file: FileDescriptorProto): ProtoContext['syntax'] {
  const keyword = reader.peek().text;
  if (keyword !== 'syntax' && keyword !== 'edition') return 'proto2';
  reader.next();
  reader.expect('=');
  const { start } = reader.peek();
  const value = readString(reader);
  reader.expect(';');
  if (keyword === 'syntax' && (value === 'proto2' || value === 'proto3')) {
    if (value === 'proto3') file.syntax = value;
    return value;
  }
  if (keyword === 'edition' && value === '2023') {
    file.syntax = 'editions';
    file.edition = Edition.EDITION_2023;
    return 'editions';
  }
  throw new ProtoSyntaxError(`${keyword} ${JSON.stringify(value)} is not supported`, start);
}

function parseDeclaration(context: ProtoContext, file: FileDescriptorProto, importStarts: number[]): void {
  const { reader } = context;
  if (reader.accept(';')) return;
  const keyword = reader.expectKind('identifier', 'a declaration');
  switch (keyword.text) {
    case 'package':
      if (file.package !== '') throw new ProtoSyntaxError('a second package', keyword.start);
      if (context.starts.size > 0) throw new ProtoSyntaxError('package stands before all types', keyword.start);
      file.package = readTypeName(reader);
      reader.expect(';');
      return;
    case 'import':
      parseImport(reader, file, importStarts);
      return;
    case 'option':
      takeOption(context, readOption(reader), file.package, mergeInto(FileOptionsSchema, file));
      reader.expect(';');
      return;
    case 'message':
      file.messageType.push(parseMessage(context, file.package));
      return;
    case 'enum':
      file.enumType.push(parseEnum(context, file.package));
      return;
    case 'service':
      file.service.push(parseService(context, file.package));
      return;
    case 'extend':
      parseExtend(context, file.package, file.extension, file.messageType);
      return;
    default:
      throw new ProtoSyntaxError(`expected a declaration, found "${keyword.text}"`, keyword.start);
  }
}

function parseImport(reader: TokenReader, file: FileDescriptorProto, importStarts: number[]): void {
  const index = file.dependency.length;
  if (reader.accept('public')) file.publicDependency.push(index);
  else if (reader.accept('weak')) file.weakDependency.push(index);
  importStarts.push(reader.peek().start);
  file.dependency.push(readString(reader));
  reader.expect(';');
}
