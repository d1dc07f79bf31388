import { isDeepStrictEqual } from 'node:util';
import { type DescMessage, fromBinary } from '@bufbuild/protobuf';
import type { RawResponse } from './raw-client.ts';
import type { ReceivedCall } from './scripted-backend.ts';
import type { Outcome, Vector, VectorCall, VectorResponse } from './vector.ts';
import { vectorRegistry } from './vector-registry.ts';

/** What happened: the calls that reached the upstream, and what the client got. */
export interface Observed {
  readonly calls: readonly ReceivedCall[];
  readonly response: RawResponse;
}

/** Every point in which what happened is not what is expected. */
export function faultsOf(expected: Outcome, compare: Vector['compare'], { calls, response }: Observed): string[] {
  return [
    ...(compare.grpc === 'ignore' ? [] : callFaults(expected.grpc, calls)),
    ...headFaults(expected.response, response),
    ...bodyFaults(compare, expected.response, response),
  ];
}

/** What the transport sets, and what is sent always: x-forwarded-*, and trace headers, which grpc-gateway drops. */
const ignoredMetadata: ReadonlySet<string> = new Set([
  'user-agent',
  'te',
  'content-type',
  'grpc-accept-encoding',
  'accept-encoding',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-request-id',
  'traceparent',
  'tracestate',
  'baggage',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'x-ot-span-context',
]);

function callFaults(expected: VectorCall | null, calls: readonly ReceivedCall[]): string[] {
  const [call] = calls;
  if (expected === null) return call === undefined ? [] : [`called ${call.method}, expected no call`];
  if (call === undefined) return [`no call, expected ${expected.method}`];
  if (call.method !== expected.method) return [`called ${call.method}, expected ${expected.method}`];
  const faults = calls.length > 1 ? [`${calls.length} calls, expected one`] : [];
  return [
    ...faults,
    ...messageFaults(expected, call),
    ...metadataFaults(expected, call),
    ...timeoutFaults(expected, call),
  ];
}

function messageFaults(expected: VectorCall, call: ReceivedCall): string[] {
  const wanted = expected.messages.map(({ base64 }) => Buffer.from(base64, 'base64'));
  if (wanted.length !== call.messages.length) {
    return [`${call.messages.length} request messages, expected ${wanted.length}`];
  }
  const type = inputTypes.get(call.method);
  return wanted.flatMap((want, index) => {
    const got = call.messages[index] ?? Buffer.alloc(0);
    const same = want.equals(got) || (type !== undefined && isDeepStrictEqual(decode(type, want), decode(type, got)));
    return same ? [] : [`request message ${index} is ${got.toString('hex')}, expected ${want.toString('hex')}`];
  });
}

function metadataFaults({ metadata }: VectorCall, call: ReceivedCall): string[] {
  const wrong = Object.entries(metadata).flatMap(([name, wanted]) => {
    const got = (call.metadata.get(name) ?? []).map((value) => (name.endsWith('-bin') ? padded(value) : value));
    return sameFields(got, wanted)
      ? []
      : [`metadata ${name} is ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`];
  });
  const extra = [...call.metadata].filter(([name]) => !ignoredMetadata.has(name) && !Object.hasOwn(metadata, name));
  return [...wrong, ...extra.map(([name, values]) => `metadata ${name} is ${JSON.stringify(values)}, expected none`)];
}

/** Within a second, or a thousandth of a long time; past the deadlines that can be told apart everything is the same. */
function timeoutFaults({ timeout }: VectorCall, { timeoutMs }: ReceivedCall): string[] {
  if (timeout === null) return [];
  if (timeoutMs === undefined) return [`no deadline, expected ${timeout.approx_ms} ms`];
  const slack = Math.max(1000, timeout.approx_ms / 1000);
  if (timeout.approx_ms >= 1e11 || Math.abs(timeoutMs - timeout.approx_ms) <= slack) return [];
  return [`a deadline of ${timeoutMs} ms, expected ${timeout.approx_ms} ms`];
}

/** Set by the HTTP server for itself, and one that grpc-gateway lets leak. */
const ignoredHeaders: ReadonlySet<string> = new Set([
  'date',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'grpc-metadata-content-type',
]);

function headFaults(expected: VectorResponse, response: RawResponse): string[] {
  const faults = response.status === expected.status ? [] : [`HTTP ${response.status}, expected ${expected.status}`];
  if (isOwnPage(expected)) return faults;
  return [
    ...faults,
    ...fieldFaults('header', expected.headers, response.headers),
    ...fieldFaults('trailer', expected.trailers ?? {}, response.trailers),
  ];
}

function fieldFaults(
  what: string,
  expected: VectorResponse['headers'],
  fields: ReadonlyMap<string, readonly string[]>,
): string[] {
  const wanted = new Map(Object.entries(expected).map(([name, values]) => [name.toLowerCase(), values]));
  const names = [...new Set([...wanted.keys(), ...fields.keys()])].filter((name) => !ignoredHeaders.has(name));
  return names.flatMap((name) => {
    const [got, want] = [fields.get(name) ?? [], wanted.get(name) ?? []];
    const same = wanted.has(name) === fields.has(name) && sameFields(got, want);
    return same ? [] : [`${what} ${name} is ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`];
  });
}

function bodyFaults(compare: Vector['compare'], expected: VectorResponse, { body }: RawResponse): string[] {
  const wanted = Buffer.from(
    expected.body_base64 ?? expected.body ?? '',
    expected.body_base64 === undefined ? 'utf8' : 'base64',
  );
  const differ = `body is ${shown(body)}, expected ${shown(wanted)}`;
  if (isOwnPage(expected) || compare.body === 'none') return [];
  if (compare.body === 'bytes') return body.equals(wanted) ? [] : [differ];
  const parse = compare.body === 'ndjson' ? parseLines : parseDocument;
  try {
    const values = [parse(body), parse(wanted)].map((value) =>
      compare.error_message === 'any' ? withoutMessages(value) : value,
    );
    return isDeepStrictEqual(values[0], values[1]) ? [] : [differ];
  } catch {
    return [`${differ}; not ${compare.body}`];
  }
}

/** What Go's HTTP server answers before grpc-gateway sees the request. */
function isOwnPage({ status, headers }: VectorResponse): boolean {
  return status === 400 && headers['Content-Type']?.[0]?.startsWith('text/plain') === true;
}

/** RFC 9110, section 5.3: fields of one name may be joined by commas. */
function sameFields(got: readonly string[], wanted: readonly string[]): boolean {
  return isDeepStrictEqual(got, wanted) || got.join(', ') === wanted.join(', ') || got.join(',') === wanted.join(',');
}

function padded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64');
}

function parseDocument(text: Buffer): unknown {
  return text.length === 0 ? undefined : parseExactly(text.toString());
}

function parseLines(text: Buffer): unknown {
  return text.toString().split('\n').filter(Boolean).map(parseExactly);
}

/** JSON.parse, but integers that a double cannot hold become BigInts. */
function parseExactly(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') && !Number.isSafeInteger(value)
      ? BigInt(String(context?.source))
      : value,
  );
}

/** Drops an error's message, wherever it stands. */
function withoutMessages(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMessages);
  if (typeof value !== 'object' || value === null) return value;
  if ('code' in value && 'message' in value) return { ...value, message: '*' };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutMessages(member)]));
}

function shown(body: Buffer): string {
  return body.length > 600 ? `${body.toString().slice(0, 600)}…` : body.toString();
}

/** Request types by "/package.Service/Method". */
const inputTypes: ReadonlyMap<string, DescMessage> = new Map(
  [...vectorRegistry]
    .filter((type) => type.kind === 'service')
    .flatMap(({ typeName, methods }) => methods.map(({ name, input }) => [`/${typeName}/${name}`, input] as const)),
);

function decode(type: DescMessage, wire: Buffer): unknown {
  try {
    return fromBinary(type, new Uint8Array(wire));
  } catch {
    return wire;
  }
}
