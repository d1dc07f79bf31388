import {
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { serverOptions } from './channel-options.ts';

/** One gRPC service with a handler for each of its methods. */
export interface Served {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, UntypedHandleCall>>;
}

/** The address is taken, or not of this machine. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface RunningServer {
  /** The port that was given, or the one that the system chose for port 0. */
  readonly port: number;
  /** Takes no more calls and lets those under way finish; after the time they are cut off. */
  drain(limitMs: number): Promise<void>;
}

/** @throws ListenError */
export async function startServer(
  services: readonly Served[],
  host: string,
  port: number,
  interceptors: ServerInterceptor[],
): Promise<RunningServer> {
  const server = new Server({ ...serverOptions, interceptors });
  for (const { definition, handlers } of services) server.addService(definition, handlers);
  const bound = await listen(server, host, port);
  return {
    port: bound,
    drain: (limitMs) =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.forceShutdown(), limitMs);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new ListenError(`cannot listen on ${address} (${error.message}); choose another port with PORT`));
    });
  });
}
