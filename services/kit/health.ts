import type { ServerWritableStream, ServiceDefinition } from '@grpc/grpc-js';
import { Code } from '../../gateway/status/code.ts';
import { StatusError } from '../../gateway/status/status-error.ts';
import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Served } from './server.ts';
import { unary } from './unary.ts';

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
type HealthRequest = { readonly service: string };
type HealthResponse = { readonly status: ServingStatus };

/** grpc.health.v1 of one process: the server as a whole ("") and each of its services have one status. */
export class Health {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<(status: ServingStatus) => void>();
  #status: ServingStatus = 'NOT_SERVING';

  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services]);
  }

  set(status: 'SERVING' | 'NOT_SERVING'): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const send of this.#watchers) send(status);
  }

  /** @param definition of grpc.health.v1.Health */
  serve(definition: ServiceDefinition, streams: OpenStreams, log: Logger): Served {
    const check = unary<HealthRequest, HealthResponse>(definition['Check'], log, ({ service }) => {
      if (!this.#services.has(service)) throw new StatusError(Code.NOT_FOUND, 'unknown service');
      return { status: this.#status };
    });
    const list = unary<object, { statuses: Record<string, HealthResponse> }>(definition['List'], log, () => ({
      statuses: Object.fromEntries([...this.#services].map((service) => [service, { status: this.#status }])),
    }));
    const watch = (call: ServerWritableStream<HealthRequest, HealthResponse>): void => {
      streams.add(call);
      // The protocol keeps the stream of an unknown service open: it may become known.
      if (!this.#services.has(call.request.service)) {
        call.write({ status: 'SERVICE_UNKNOWN' });
        return;
      }
      const send = (status: ServingStatus): void => void call.write({ status });
      this.#watchers.add(send);
      call.once('close', () => this.#watchers.delete(send));
      send(this.#status);
    };
    return {
      definition: { ...definition, Check: check.definition, List: list.definition },
      handlers: { Check: check.handle, List: list.handle, Watch: watch },
    };
  }
}
