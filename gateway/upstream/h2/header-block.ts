import { isForwardable } from '../reserved-metadata.ts';
import type { Metadata } from '../upstream.ts';
import type { FieldSink } from './hpack/decoder.ts';
import { fieldBytes, type HeaderField } from './hpack/static-table.ts';

/** The largest list of headers taken from a server, by the count of RFC 9113, section 10.5.1; told by SETTINGS. */
export const maxHeaderListBytes = 64 * 1024;

/** The headers or trailers of an answer, sorted into those of the protocol and metadata. */
export class HeaderBlock implements FieldSink {
  /** ":status"; undefined in trailers. */
  httpStatus: string | undefined;
  contentType: string | undefined;
  encoding: string | undefined;
  grpcStatus: string | undefined;
  grpcMessage: string | undefined;
  grpcStatusDetails: string | undefined;
  /** Past the limit; the rest was dropped. */
  tooLarge = false;
  /** A header of HTTP/2 that an answer does not have, or at the wrong place (RFC 9113, section 8.3). */
  malformed = false;
  #metadata: HeaderField[] | undefined;
  #hasFields = false;
  #bytes = 0;

  get metadata(): Metadata {
    return this.#metadata ?? noMetadata;
  }

  onField(field: HeaderField): void {
    const [name, value] = field;
    this.#bytes += fieldBytes(name, value);
    if (this.#bytes > maxHeaderListBytes) {
      this.tooLarge = true;
      return;
    }
    if (name === ':status') {
      this.malformed ||= this.#hasFields || this.httpStatus !== undefined;
      this.httpStatus = value;
      return;
    }
    this.#hasFields = true;
    switch (name) {
      case 'content-type':
        this.contentType = value;
        break;
      case 'grpc-status':
        this.grpcStatus = value;
        break;
      case 'grpc-message':
        this.grpcMessage = value;
        break;
      case 'grpc-status-details-bin':
        this.grpcStatusDetails = value;
        break;
      case 'grpc-encoding':
        this.encoding = value;
        break;
      case 'grpc-accept-encoding':
        break;
      default:
        this.#addMetadata(field);
    }
  }

  #addMetadata(field: HeaderField): void {
    const [name, value] = field;
    if (name.startsWith(':')) {
      this.malformed = true;
      return;
    }
    if (!isForwardable(value)) return;
    this.#metadata ??= [];
    if (name.endsWith('-bin')) {
      for (const part of value.split(',')) this.#metadata.push([name, padBase64(part.trim())]);
    } else {
      this.#metadata.push(field);
    }
  }
}

const noMetadata: Metadata = [];

/** Binary values may come without padding (PROTOCOL-HTTP2.md, Binary-Header). */
function padBase64(value: string): string {
  return value.padEnd(Math.ceil(value.length / 4) * 4, '=');
}
