import type { ProcessCommand } from '../processes.ts';

/** One server that is measured. */
export interface Peer {
  readonly key: 'protogate' | 'grpc-gateway' | 'envoy' | 'fastify';
  readonly name: string;
  readonly version: string;
  /** How it is run, for the report. */
  readonly options: string;
  /** Speaks gRPC to the upstream; otherwise it answers from memory, and cannot stream. */
  readonly gateway: boolean;
  /** The command that listens on 127.0.0.1 at `port`, with the gRPC server at `upstreamPort`. */
  command(port: number, upstreamPort: number): ProcessCommand;
}
