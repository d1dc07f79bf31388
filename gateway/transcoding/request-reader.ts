import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { bindField, type FieldPath } from './binding/bind-field.ts';
import { fieldMaskOf, writeFieldMask } from './binding/field-mask.ts';
import { mergeMessages } from './binding/merge-messages.ts';
import { createQueryBinder } from './binding/query-binder.ts';
import type { QueryParameters } from './binding/query-string.ts';
import { createRequiredFieldCheck } from './binding/required-fields.ts';
import type { Codecs } from './codec.ts';
import { findFieldPath } from './find-field.ts';
import { isHttpBody, writeHttpBody } from './http-body.ts';

export interface RequestReaderOptions {
  readonly request: DescMessage;
  /** Field paths of the template's variables, in the order of their captures: [["inner", "a"]]. */
  readonly variables: readonly (readonly string[])[];
  /** "" none, "*" the whole message, otherwise one field: "book" or, further down, "inner.book". */
  readonly body: string;
  /** Whether a field mask of the request is filled in from the body (PATCH). */
  readonly fillsFieldMask: boolean;
  readonly codecs: Codecs;
  readonly unknownParameters: 'ignore' | 'reject';
}

export interface RequestParts {
  /** Decoded values of the template's variables. */
  readonly captures: readonly string[];
  readonly parameters: QueryParameters;
  /** Empty when there is none. */
  readonly body: Uint8Array;
  /** "" when there is none. */
  readonly contentType: string;
}

/** Wire bytes of the request message. Throws INVALID_ARGUMENT. */
export type RequestReader = (parts: RequestParts) => Uint8Array;

/**
 * Puts a request message together: body, then field mask, query and path, each as wire bytes of the same message. Of a
 * scalar the last one wins, so a path variable overrides the body.
 */
export function createRequestReader(options: RequestReaderOptions): RequestReader {
  const assemble = createAssembler(options);
  const findMissing = createRequiredFieldCheck(options.request);
  if (findMissing === undefined) return assemble;
  return (parts) => {
    const wire = assemble(parts);
    const missing = findMissing(wire);
    if (missing !== undefined) throw new StatusError(Code.INVALID_ARGUMENT, `${missing} is required`);
    return wire;
  };
}

function createAssembler(options: RequestReaderOptions): RequestReader {
  const { request, codecs, body } = options;
  const pathVariables = options.variables.map((names) => findFieldPath(request, names));
  const bodyPath = body === '' || body === '*' ? [] : findFieldPath(request, body.split('.'));
  const bodyField = bodyPath.at(-1);
  const mask = options.fillsFieldMask && bodyField?.fieldKind === 'message' ? fieldMaskOf(request) : undefined;
  const readBody = body === '' ? undefined : createBodyReader(bodyField ?? request, codecs);
  const bodyHolders = bodyPath.slice(0, -1);
  const bindQuery = createQueryBinder({ ...options, pathVariables, bodyPath });
  const nestedVariable = pathVariables.some((path) => path.length > 1);

  return (parts) => {
    const bodyWire = wrapIn(bodyHolders, readBody?.(parts) ?? nothing);
    const hasQuery = body !== '*' && (parts.parameters.size > 0 || mask !== undefined);
    if (pathVariables.length === 0 && !hasQuery) return bodyWire;
    const writer = new BinaryWriter();
    writer.raw(bodyWire);
    let inPieces = nestedVariable;
    if (hasQuery) {
      const set = bindQuery(writer, parts.parameters);
      for (const field of set) inPieces ||= field.fieldKind === 'message';
      if (mask !== undefined && bodyField?.message !== undefined && !set.has(mask)) {
        writer.raw(writeFieldMask(mask, bodyField.message, isBlank(parts.body) ? emptyObject : parts.body));
      }
    }
    for (const [index, path] of pathVariables.entries()) {
      bindVariable(writer, path, { text: parts.captures[index] ?? '', codecs });
    }
    const wire = writer.finish();
    return inPieces ? mergeMessages(wire, request) : wire;
  };
}

const nothing = new Uint8Array();
const emptyObject = Buffer.from('{}');

function bindVariable(
  writer: BinaryWriter,
  path: FieldPath,
  { text, codecs }: { readonly text: string; readonly codecs: Codecs },
): void {
  const texts = path.at(-1)?.fieldKind === 'list' ? text.split(',') : [text];
  const parameter = path.map((field) => field.name).join('.');
  bindField(
    writer,
    path,
    texts.map((value) => ({ text: value })),
    { codecs, parameter },
  );
}

/** Reads the whole message, or one field of it; raw where it is an HttpBody that does not come as JSON. */
function createBodyReader(
  target: DescMessage | DescField,
  codecs: Codecs,
): (parts: Pick<RequestParts, 'body' | 'contentType'>) => Uint8Array {
  if (target.kind === 'message') {
    const codec = codecs.message(target);
    return ({ body, contentType }) => {
      if (isHttpBody(target) && isRawContent(contentType)) return writeHttpBody({ contentType, data: body });
      return isBlank(body) ? nothing : codec.read(body);
    };
  }
  const codec = codecs.field(target);
  const presentAndEmpty =
    target.fieldKind === 'message' && !target.delimitedEncoding ? wrapMessage(target.number, nothing) : nothing;
  return ({ body, contentType }) => {
    if (target.fieldKind === 'message' && isHttpBody(target.message) && isRawContent(contentType)) {
      return wrapMessage(target.number, writeHttpBody({ contentType, data: body }));
    }
    return isBlank(body) ? presentAndEmpty : codec.read(body);
  };
}

/** Wire bytes for the innermost message as those of the request. */
function wrapIn(holders: FieldPath, wire: Uint8Array): Uint8Array {
  return wire.length === 0 ? wire : holders.reduceRight((inner, { number }) => wrapMessage(number, inner), wire);
}

function wrapMessage(number: number, wire: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(wire).finish();
}

/** Whether a body for an HttpBody is its data: every content type but JSON, which is the message itself. */
export function isRawContent(contentType: string): boolean {
  return contentType !== '' && !/^application\/json\s*(?:;|$)/i.test(contentType);
}

/** Nothing but JSON white space (RFC 8259, section 2). */
function isBlank(body: Uint8Array): boolean {
  for (const byte of body) {
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}
