import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Codecs } from './codec.ts';
import { findFieldPath } from './find-field.ts';
import { type HttpBody, isHttpBody, readHttpBody, readMessageField } from './http-body.ts';

/** An answer as it goes to the client. */
export interface ResponseContent extends HttpBody {
  readonly data: Buffer;
  /** The data of an HttpBody, not JSON. */
  readonly raw: boolean;
  /** Takes `data` back once nobody reads it any more; without that it stays as it is. Undefined: it is not lent. */
  readonly lender: Pick<Codecs, 'release'> | undefined;
}

/** Wire bytes of a response message, of which it keeps none → what is sent. Throws INTERNAL when it has no JSON form. */
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
  return (wire) => ({ contentType: jsonContentType, data: codec.write(wire), raw: false, lender: codecs });
}

function createFieldWriter(field: DescField, codecs: Codecs): ResponseWriter {
  if (field.fieldKind === 'message' && isHttpBody(field.message)) {
    return (wire) => writeRaw(readMessageField(wire, field.number));
  }
  const codec = codecs.field(field);
  return (wire) => ({ contentType: jsonContentType, data: codec.write(wire), raw: false, lender: codecs });
}

/** What can stand in a Content-Type header at all. */
const headerValue = /^[\x20-\x7e]+$/;

function writeRaw(wire: Uint8Array): ResponseContent {
  const { contentType, data } = readHttpBody(wire);
  return {
    contentType: headerValue.test(contentType) ? contentType : 'application/octet-stream',
    data: Buffer.from(data),
    raw: true,
    lender: undefined,
  };
}
