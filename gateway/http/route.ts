import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { PathTemplate } from '../routing/path-template.ts';
import type { HttpBinding } from '../schema/schema.ts';
import type { Codecs } from '../transcoding/codec.ts';
import { createRequestReader, type RequestReader } from '../transcoding/request-reader.ts';
import { createResponseWriter, type ResponseWriter } from '../transcoding/response-writer.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** A binding made ready to serve. Its codecs are compiled with the first request: a schema may have thousands. */
export interface Route {
  readonly binding: HttpBinding;
  /** "/package.Service/Method" */
  readonly rpc: string;
  readonly upstream: Upstream;
  readonly idempotent: boolean;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  readonly readsBody: boolean;
  readonly readRequest: RequestReader;
  readonly writeResponse: ResponseWriter;
}

export interface RouteOptions {
  readonly binding: HttpBinding;
  readonly template: PathTemplate;
  readonly upstream: Upstream;
  readonly codecs: Codecs;
  readonly unknownQueryParameters: 'ignore' | 'reject';
}

export function createRoute({ binding, template, upstream, codecs, unknownQueryParameters }: RouteOptions): Route {
  const { method } = binding;
  let reader: RequestReader | undefined;
  let writer: ResponseWriter | undefined;
  return {
    binding,
    rpc: `/${method.parent.typeName}/${method.name}`,
    upstream,
    idempotent:
      binding.httpMethod === 'GET' ||
      binding.httpMethod === 'HEAD' ||
      method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN,
    clientStreaming: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    serverStreaming: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    readsBody: binding.body !== '',
    readRequest: (parts) => {
      reader ??= createRequestReader({
        request: method.input,
        variables: template.variables.map((variable) => variable.fieldPath),
        body: binding.body,
        fillsFieldMask: binding.httpMethod === 'PATCH',
        codecs,
        unknownParameters: unknownQueryParameters,
      });
      return reader(parts);
    },
    writeResponse: (wire) => {
      writer ??= createResponseWriter(method.output, binding.responseBody, codecs);
      return writer(wire);
    },
  };
}
