import type { Metadata } from '../upstream/upstream.ts';

export type HeaderFields = Readonly<Record<string, string | string[]>>;

/**
 * Initial metadata of an answer → response headers: Grpc-Metadata-<Name>, or the header that a setting names for it.
 * Values that cannot stand in an HTTP header are left out.
 */
export function responseHeaders(metadata: Metadata, names: ReadonlyMap<string, string>): HeaderFields {
  return collect(metadata, (name) => {
    if (ownHeaders.has(name)) return undefined;
    return names.get(name) ?? `Grpc-Metadata-${canonical(name)}`;
  });
}

/** Trailing metadata → HTTP trailers: Grpc-Trailer-<Name>. */
export function responseTrailers(metadata: Metadata): HeaderFields {
  return collect(metadata, (name) => `Grpc-Trailer-${canonical(name)}`);
}

/** Of gRPC and HTTP/2 themselves, not of the service; grpc-gateway lets content-type leak as Grpc-Metadata-Content-Type. */
const ownHeaders: ReadonlySet<string> = new Set(['content-type', 'date', 'grpc-encoding', 'grpc-accept-encoding']);

/** Header-Name of the gRPC protocol; a server that sends others is not heard. */
const metadataName = /^[0-9a-z_.-]+$/;

function collect(metadata: Metadata, headerName: (name: string) => string | undefined): HeaderFields {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of metadata) {
    const header = headerName(name);
    if (header === undefined || !metadataName.test(name) || !isFieldValue(value)) continue;
    const present = headers[header];
    if (present === undefined) headers[header] = value;
    else if (typeof present === 'string') headers[header] = [present, value];
    else present.push(value);
  }
  return headers;
}

/** "x-request-id" → "X-Request-Id". */
function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** RFC 9110, section 5.5, without obs-text. */
function isFieldValue(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if ((unit < 0x20 && unit !== 0x09) || unit > 0x7e) return false;
  }
  return true;
}
