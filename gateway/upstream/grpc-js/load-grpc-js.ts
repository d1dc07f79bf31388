import { createRequire } from 'node:module';

type GrpcJs = typeof import('@grpc/grpc-js');

let loaded: GrpcJs | undefined;

/** grpc-js, loaded by the first upstream that speaks by it: 65 files, which no other start has to wait for. */
export function loadGrpcJs(): GrpcJs {
  loaded ??= createRequire(import.meta.url)('@grpc/grpc-js') as GrpcJs;
  return loaded;
}
