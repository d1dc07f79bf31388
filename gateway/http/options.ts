import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Schema } from '../schema/schema.ts';
import type { StatusError } from '../status/status-error.ts';
import type { JsonOptions } from '../transcoding/codec.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** A schema that may be replaced while the gateway runs. */
export interface SchemaSource {
  readonly current: Schema;
  /** Calls `listener` with every schema that replaces the current one, until the function it gives is called. */
  subscribe(listener: (schema: Schema) => void): () => void;
}

/** What one request came to; told once, when the answer is known. */
export interface RequestOutcome {
  /** Path template of the route; undefined when none was found. */
  readonly template: string | undefined;
  /** "/package.Service/Method"; undefined when no route was found. */
  readonly rpc: string | undefined;
  /** The method streams in either direction. */
  readonly streaming: boolean;
  /** gRPC code of the answer. */
  readonly code: number;
}

/** The upstream of a service of a schema, by its full name; undefined: it has none. */
export type UpstreamOf = (service: string, schema: Schema) => Upstream | undefined;

export interface ProtogateOptions {
  readonly schema: Schema | SchemaSource;
  /** Where calls go whose service is not in `upstreams`. */
  readonly upstream?: Upstream | UpstreamOf;
  /** Upstreams of services, by full name ("package.Service"). */
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  readonly json?: Partial<JsonOptions>;
  /** What a query parameter that names no field does. Default: "ignore". */
  readonly unknownQueryParameters?: 'ignore' | 'reject';
  /**
   * A POST of a form (application/x-www-form-urlencoded) reaches a GET route with the form as its query, and
   * X-HTTP-Method-Override is heeded, both as in grpc-gateway. Default: true.
   */
  readonly formPosts?: boolean;
  /** Milliseconds that a call may take when the client sends no Grpc-Timeout; 0: any time. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Bytes of a request body, or of one message of a streaming request; more is 413. Default: 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Response metadata that become headers of their own: { "etag": "ETag" }. The others are Grpc-Metadata-*. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Response metadata whose value becomes the HTTP status of a successful answer ("x-http-code"). Default: none. */
  readonly statusMetadata?: string;
  /** Refuse a schema in which two methods share a method and template, instead of serving the later. Default: false. */
  readonly strict?: boolean;
  /**
   * Write answers into the same buffers again and again, which is faster the larger they are. Not for an app with an onSend
   * hook, or a wrapper of Node's response, that keeps the payload for longer than it takes to send. Default: false.
   */
  readonly reuseBuffers?: boolean;
  /** Told of what is odd in a schema, a line each. Default: logged as warnings. */
  readonly onWarning?: (warning: string) => void;
  /** Answers an error in another shape; must send the reply. Not called once a streaming answer has begun. */
  readonly onError?: (error: StatusError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  /** Told the outcome of every request, for metrics and access logs. */
  readonly onOutcome?: (request: FastifyRequest, outcome: RequestOutcome) => void;
}

export const defaultOptions = {
  unknownQueryParameters: 'ignore',
  formPosts: true,
  timeoutMs: 10_000,
  maxBodyBytes: 4 * 1024 * 1024,
  strict: false,
  reuseBuffers: false,
} as const;
