import { Client, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js';
import { StatusError } from '../../gateway/status/status-error.ts';
import { channelOptions } from './channel-options.ts';
import { calleeDeadline } from './deadline.ts';
import type { CallContext } from './unary.ts';

export interface DownstreamAnswer<Response> {
  readonly message: Response;
  /** Header metadata of the answer. */
  readonly headers: Metadata;
}

/** One callee over one long-lived channel, which connects at the first call and again by itself. */
export class Downstream {
  readonly name: string;
  readonly #client: Client;

  /** @param address host:port */
  constructor(name: string, address: string) {
    this.name = name;
    this.#client = new Client(address, credentials.createInsecure(), channelOptions);
  }

  /**
   * Calls on behalf of `context`: with its trace headers, within its deadline, and cancelled with it.
   * @throws StatusError
   */
  call<Request extends object, Response extends object>(
    method: MethodDefinition<object, object>,
    request: Request,
    context: CallContext,
  ): Promise<DownstreamAnswer<Response>> {
    return new Promise((resolve, reject) => {
      let headers = new Metadata();
      const call = this.#client.makeUnaryRequest<object, object>(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        context.trace,
        { deadline: calleeDeadline(context.deadline, Date.now()) },
        (error, message) => {
          context.signal.removeEventListener('abort', cancel);
          if (error !== null) reject(new StatusError(error.code, error.details, { cause: error }));
          else resolve({ message: message as Response, headers });
        },
      );
      const cancel = (): void => call.cancel();
      call.on('metadata', (received: Metadata) => {
        headers = received;
      });
      if (context.signal.aborted) cancel();
      else context.signal.addEventListener('abort', cancel, { once: true });
    });
  }

  close(): void {
    this.#client.close();
  }
}
