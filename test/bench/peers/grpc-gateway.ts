import type { GoPrograms } from '../tools.ts';
import type { Peer } from './peer.ts';

export function grpcGatewayPeer(programs: GoPrograms): Peer {
  return {
    key: 'grpc-gateway',
    name: 'grpc-gateway',
    version: programs.versions,
    options: 'runtime.NewServeMux() and net/http with their defaults, GOMAXPROCS=1',
    gateway: true,
    command: (port, upstreamPort) => ({
      program: programs.gateway,
      args: ['-listen', `127.0.0.1:${port}`, '-upstream', `127.0.0.1:${upstreamPort}`],
      env: { GOMAXPROCS: '1' },
    }),
  };
}
