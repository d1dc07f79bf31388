import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One recorded exchange of grpc-gateway v2.32 (default options): what a client sent, the gRPC call that came of it, what
 * the upstream answered, and what the client got. Names are unique in a group.
 */
export interface Vector {
  readonly group: string;
  readonly name: string;
  /** Why the recorded behaviour is arguably a bug or departs from the specifications. */
  readonly quirk?: string;
  /** "group/name" of the quirk that this vector, which is not tagged itself, only repeats. */
  readonly repeats?: string;
  /** What this gateway does; every quirk and every repetition of one has it, nothing else. */
  readonly ours?: 'as recorded' | OurOutcome;
  readonly compare: {
    readonly body: 'json' | 'ndjson' | 'bytes' | 'none';
    /** "any": of an error only the code and the HTTP status count. */
    readonly error_message: 'exact' | 'any';
    readonly grpc?: 'ignore';
  };
  readonly request: VectorRequest;
  readonly answer: VectorAnswer | null;
  readonly grpc: VectorCall | null;
  readonly response: VectorResponse;
}

export interface Outcome {
  readonly grpc: VectorCall | null;
  readonly response: VectorResponse;
}

/** Where this gateway differs from what was recorded. */
export interface OurOutcome extends Outcome {
  /** Where grpc-gateway made no call: what the upstream is to answer to ours. */
  readonly answer?: VectorAnswer;
  /** Where ours is to be compared in another way. */
  readonly compare?: Partial<Vector['compare']>;
}

export interface VectorRequest {
  readonly method: string;
  readonly target: string;
  /** "HTTP/1.1" when left out. */
  readonly proto?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  readonly body_base64?: string;
  readonly chunked?: boolean;
}

/** The call that the upstream saw; null: there was none. */
export interface VectorCall {
  readonly method: string;
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly timeout: { readonly approx_ms: number } | null;
  readonly messages: readonly { readonly base64: string }[];
}

/** What the upstream is to answer; null: it was never asked. */
export interface VectorAnswer {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly messages: readonly { readonly base64: string }[];
  readonly trailers: readonly (readonly [name: string, value: string])[];
  readonly status: { readonly code: number; readonly message: string; readonly details_base64?: string };
  /** Answers without waiting for the end of the request. */
  readonly before_request_end?: boolean;
}

export interface VectorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly trailers?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
  readonly body_base64?: string;
}

/** All vectors, a list for each group. */
export function readVectors(): ReadonlyMap<string, readonly Vector[]> {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));
  const vectors = files.flatMap(
    (name) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Vector[],
  );
  return Map.groupBy(vectors, ({ group }) => group);
}
