import type { DescMethod, DescService, FileRegistry } from '@bufbuild/protobuf';

/** One way to reach a method over HTTP: a google.api.HttpRule without its additional_bindings. */
export interface HttpBinding {
  readonly method: DescMethod;
  /** "GET", "POST" …, or the kind of a custom rule; "*" stands for every method. */
  readonly httpMethod: string;
  /** Path template as written: "/v1/{name=shelves/*}:check". */
  readonly template: string;
  /** "" none, "*" the whole request message, otherwise one field of it: "book" or, further down, "inner.book". */
  readonly body: string;
  /** "" the whole response message, otherwise one field of it, as for the body. */
  readonly responseBody: string;
  /** Where the rule stands, for messages: "greeting/greeting.proto: greeting.GreetingService.Greeting". */
  readonly source: string;
}

/** What the gateway serves: the same model whether it came from .proto files, descriptor sets or reflection. */
export interface Schema {
  /** Every type that was loaded, with the well-known types, google/api and google/rpc. */
  readonly registry: FileRegistry;
  /** The services of the files that were asked for, in order of loading. */
  readonly services: readonly DescService[];
  readonly bindings: readonly HttpBinding[];
  /** "package.Service" → the first server, by its name among the sources, that told of the service by reflection. */
  readonly reflectedBy: ReadonlyMap<string, string>;
}

/** All that is wrong with a schema, a line each: "file: method: what, at column N". */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}
