import { Metadata } from '@grpc/grpc-js';

/** What travels from the HTTP request through every call: the seven headers of the platform, and W3C's. */
export const traceHeaders = [
  'x-request-id',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'x-ot-span-context',
  'traceparent',
  'tracestate',
  'baggage',
] as const;

/** Which request a log line belongs to; undefined where the caller sent nothing. */
export interface RequestIdentity {
  readonly requestId: string | undefined;
  readonly traceId: string | undefined;
}

/** A new metadata with the trace headers of the old one, and nothing else of it. */
export function copyTraceHeaders(metadata: Metadata): Metadata {
  const copy = new Metadata();
  for (const name of traceHeaders) {
    for (const value of metadata.get(name)) copy.add(name, value);
  }
  return copy;
}

export function identityOf(metadata: Metadata): RequestIdentity {
  const traceparent = firstOf(metadata, 'traceparent');
  return {
    requestId: firstOf(metadata, 'x-request-id'),
    traceId: traceIdOf(traceparent) ?? firstOf(metadata, 'x-b3-traceid'),
  };
}

/** The trace headers as plain text, for a queue's message. */
export function toRecord(metadata: Metadata): Record<string, string> {
  const entries = traceHeaders.map((name) => [name, firstOf(metadata, name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [(typeof traceHeaders)[number], string] => !!entry[1]));
}

/** The way back from `toRecord`; other names and values that are not text are left out. */
export function identityOfRecord(record: Readonly<Record<string, unknown>>): RequestIdentity {
  const text = (name: string): string | undefined => {
    const value = record[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { requestId: text('x-request-id'), traceId: traceIdOf(text('traceparent')) ?? text('x-b3-traceid') };
}

function firstOf(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name)[0]?.toString();
}

/** The second part of a traceparent (https://www.w3.org/TR/trace-context/#traceparent-header); zeros are no id. */
function traceIdOf(traceparent: string | undefined): string | undefined {
  const id = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent ?? '')?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}
