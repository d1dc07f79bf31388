import { create } from '@bufbuild/protobuf';
import {
  type MethodDescriptorProto,
  MethodDescriptorProtoSchema,
  MethodOptionsSchema,
  type ServiceDescriptorProto,
  ServiceDescriptorProtoSchema,
  ServiceOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import { mergeInto } from './parsed-proto.ts';
import { declare, nameIn, type ProtoContext, takeOption } from './proto-context.ts';
import { readOption, readTypeName } from './read-option.ts';

/** A service, from its name to its "}". */
export function parseService(context: ProtoContext, scope: string): ServiceDescriptorProto {
  const { reader } = context;
  const name = reader.expectKind('identifier', 'the name of a service');
  const fullName = nameIn(scope, name.text);
  const service = declare(context, create(ServiceDescriptorProtoSchema, { name: name.text }), name.start);
  reader.expect('{');
  while (!reader.accept('}')) {
    if (reader.accept(';')) continue;
    if (reader.accept('rpc')) service.method.push(parseMethod(context, fullName));
    else if (reader.accept('option')) {
      takeOption(context, readOption(reader), fullName, mergeInto(ServiceOptionsSchema, service));
      reader.expect(';');
    } else throw reader.unexpected('"rpc", "option" or "}"');
  }
  return service;
}

function parseMethod(context: ProtoContext, service: string): MethodDescriptorProto {
  const { reader } = context;
  const name = reader.expectKind('identifier', 'the name of a method');
  const method = declare(context, create(MethodDescriptorProtoSchema, { name: name.text }), name.start);
  if (
    readMessageType(context, service, (typeName) => {
      method.inputType = typeName;
    })
  )
    method.clientStreaming = true;
  reader.expect('returns');
  if (
    readMessageType(context, service, (typeName) => {
      method.outputType = typeName;
    })
  )
    method.serverStreaming = true;
  if (!reader.accept('{')) {
    reader.expect(';');
    return method;
  }
  method.options = create(MethodOptionsSchema);
  while (!reader.accept('}')) {
    if (reader.accept(';')) continue;
    reader.expect('option');
    takeOption(context, readOption(reader), nameIn(service, name.text), mergeInto(MethodOptionsSchema, method));
    reader.expect(';');
  }
  return method;
}

/** "(stream Type)"; whether it is a stream. */
function readMessageType({ reader, references }: ProtoContext, scope: string, set: (name: string) => void): boolean {
  reader.expect('(');
  const streaming = reader.accept('stream');
  const { start } = reader.peek();
  references.push({ scope, name: readTypeName(reader), start, wanted: 'message', set });
  reader.expect(')');
  return streaming;
}
