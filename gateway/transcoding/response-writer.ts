import type { DescMessage } from '@bufbuild/protobuf';
import type { Codecs } from './codec.ts';
import { findField } from './find-field.ts';
import { type HttpBody, isHttpBody, readHttpBody, readMessageField } from './http-body.ts';

/** An answer as it goes to the client. */
export interface ResponseContent extends HttpBody {
  /** The data of an HttpBody, not JSON. */
  readonly raw: boolean;
}

/** Wire bytes of a response message → what is sent. Throws INTERNAL when it has no JSON form. */
export type ResponseWriter = (wire: Uint8Array) => ResponseContent;

export const jsonContentType = 'application/json';

/** @param responseBody "" the whole message, otherwise one field of it. */
export function createResponseWriter(response: DescMessage, responseBody: string, codecs: Codecs): ResponseWriter {
  const field = responseBody === '' ? undefined : findField(response, responseBody);
  if (isHttpBody(response) && field === undefined) return writeRaw;
  if (field?.fieldKind === 'message' && isHttpBody(field.message)) {
    return (wire) => writeRaw(readMessageField(wire, field.number));
  }
  const codec = field === undefined ? codecs.message(response) : codecs.field(field);
  return (wire) => ({ contentType: jsonContentType, data: codec.write(wire), raw: false });
}

/** What can stand in a Content-Type header at all. */
const headerValue = /^[\x20-\x7e]+$/;

function writeRaw(wire: Uint8Array): ResponseContent {
  const { contentType, data } = readHttpBody(wire);
  return { contentType: headerValue.test(contentType) ? contentType : 'application/octet-stream', data, raw: true };
}
