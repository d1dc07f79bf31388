import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Codecs } from './codec.ts';
import { findFieldPath } from './find-field.ts';
import { type HttpBody, isHttpBody, readHttpBody, readMessageField } from './http-body.ts';

/** An answer as it goes to the client. */
export interface ResponseContent extends HttpBody {
  /** The data of an HttpBody, not JSON. */
  readonly raw: boolean;
}

/** Wire bytes of a response message → what is sent. Throws INTERNAL when it has no JSON form. */
export type ResponseWriter = (wire: Uint8Array) => ResponseContent;

export const jsonContentType = 'application/json';

/** @param responseBody "" the whole message, otherwise one field of it: "book" or, further down, "inner.book". */
export function createResponseWriter(response: DescMessage, responseBody: string, codecs: Codecs): ResponseWriter {
  const path = responseBody === '' ? [] : findFieldPath(response, responseBody.split('.'));
  const field = path.at(-1);
  if (field === undefined) return createMessageWriter(response, codecs);
  const writeField = createFieldWriter(field, codecs);
  const holders = path.slice(0, -1);
  if (holders.length === 0) return writeField;
  return (wire) => writeField(holders.reduce((holder, { number }) => readMessageField(holder, number), wire));
}

function createMessageWriter(type: DescMessage, codecs: Codecs): ResponseWriter {
  if (isHttpBody(type)) return writeRaw;
  const codec = codecs.message(type);
  return (wire) => ({ contentType: jsonContentType, data: codec.write(wire), raw: false });
}

function createFieldWriter(field: DescField, codecs: Codecs): ResponseWriter {
  if (field.fieldKind === 'message' && isHttpBody(field.message)) {
    return (wire) => writeRaw(readMessageField(wire, field.number));
  }
  const codec = codecs.field(field);
  return (wire) => ({ contentType: jsonContentType, data: codec.write(wire), raw: false });
}

/** What can stand in a Content-Type header at all. */
const headerValue = /^[\x20-\x7e]+$/;

function writeRaw(wire: Uint8Array): ResponseContent {
  const { contentType, data } = readHttpBody(wire);
  return { contentType: headerValue.test(contentType) ? contentType : 'application/octet-stream', data, raw: true };
}
