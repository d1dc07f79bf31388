import { type DescFile, type FileRegistry, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code } from '../../gateway/status/code.ts';

/** What reflection tells of. */
export interface ReflectionSource {
  /** Every file that is served, with all that they import. */
  readonly registry: FileRegistry;
  /** Full names. */
  readonly services: readonly string[];
}

/** A ServerReflectionRequest as proto-loader gives it, with `message_request` naming the field that is set. */
export interface ReflectionRequest {
  readonly host: string;
  readonly message_request?: string;
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly file_containing_extension?: { readonly containing_type: string; readonly extension_number: number };
  readonly all_extension_numbers_of_type?: string;
}

/** The part of a ServerReflectionResponse that answers, or why there is none. */
export type ReflectionAnswer =
  | { readonly file_descriptor_response: { readonly file_descriptor_proto: readonly Uint8Array[] } }
  | { readonly list_services_response: { readonly service: readonly { readonly name: string }[] } }
  | {
      readonly all_extension_numbers_response: {
        readonly base_type_name: string;
        readonly extension_number: readonly number[];
      };
    }
  | { readonly fault: { readonly code: number; readonly message: string } };

/** Files are answered with all that they import, the one asked for first; options such as google.api.http are in them. */
export function findDescriptors(
  request: ReflectionRequest,
  { registry, services }: ReflectionSource,
): ReflectionAnswer {
  switch (request.message_request) {
    case 'list_services':
      return { list_services_response: { service: services.map((name) => ({ name })) } };
    case 'file_by_filename': {
      const name = request.file_by_filename ?? '';
      return answerFile(registry.getFile(name), `file ${name}`);
    }
    case 'file_containing_symbol': {
      const symbol = request.file_containing_symbol ?? '';
      return answerFile(fileOfSymbol(symbol, registry), `symbol ${symbol}`);
    }
    case 'file_containing_extension': {
      const { containing_type: type = '', extension_number: number = 0 } = request.file_containing_extension ?? {};
      const message = registry.getMessage(type);
      const extension = message && registry.getExtensionFor(message, number);
      return answerFile(extension?.file, `extension ${number} of ${type}`);
    }
    case 'all_extension_numbers_of_type': {
      const type = request.all_extension_numbers_of_type ?? '';
      if (registry.getMessage(type) === undefined) return notFound(`message ${type}`);
      const extensions = [...registry].filter((each) => each.kind === 'extension' && each.extendee.typeName === type);
      return {
        all_extension_numbers_response: {
          base_type_name: type,
          extension_number: extensions.flatMap((each) => (each.kind === 'extension' ? [each.number] : [])),
        },
      };
    }
    default:
      return { fault: { code: Code.INVALID_ARGUMENT, message: 'the request asks for nothing' } };
  }
}

/** A type or service, or a part of one: method, field, oneof, enum value. */
function fileOfSymbol(symbol: string, registry: FileRegistry): DescFile | undefined {
  const whole = registry.get(symbol);
  if (whole !== undefined) return whole.file;
  const dot = symbol.lastIndexOf('.');
  const last = symbol.slice(dot + 1);
  const parent = dot < 0 ? undefined : registry.get(symbol.slice(0, dot));
  if (parent?.kind === 'service' && parent.methods.some(({ name }) => name === last)) return parent.file;
  if (parent?.kind === 'message' && parent.members.some(({ name }) => name === last)) return parent.file;
  // The values of an enum stand beside it, not in it.
  const scope = symbol.slice(0, dot + 1);
  for (const type of registry) {
    if (type.kind !== 'enum' || type.typeName.slice(0, type.typeName.lastIndexOf('.') + 1) !== scope) continue;
    if (type.values.some(({ name }) => name === last)) return type.file;
  }
  return undefined;
}

function answerFile(file: DescFile | undefined, what: string): ReflectionAnswer {
  if (file === undefined) return notFound(what);
  const files = new Set<DescFile>();
  const add = (each: DescFile): void => {
    if (files.has(each)) return;
    files.add(each);
    for (const dependency of each.dependencies) add(dependency);
  };
  add(file);
  const bytes = [...files].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { file_descriptor_response: { file_descriptor_proto: bytes } };
}

function notFound(what: string): ReflectionAnswer {
  return { fault: { code: Code.NOT_FOUND, message: `${what} is not here` } };
}
