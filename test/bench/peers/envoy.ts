import type { EnvoyProgram } from '../tools.ts';
import type { Peer } from './peer.ts';

const typeUrl = 'type.googleapis.com/envoy.extensions';

export function envoyPeer({ program, version, descriptorSet }: EnvoyProgram): Peer {
  return {
    key: 'envoy',
    name: 'Envoy',
    version,
    options: 'grpc_json_transcoder and router with their defaults, no access log, --concurrency 1',
    gateway: true,
    command: (port, upstreamPort) => ({
      program,
      args: [
        '--concurrency',
        '1',
        '--disable-hot-restart',
        '--log-level',
        'warn',
        '--config-yaml',
        JSON.stringify(configuration({ port, upstreamPort, descriptorSet })),
      ],
    }),
  };
}

interface EnvoyPlace {
  readonly port: number;
  readonly upstreamPort: number;
  readonly descriptorSet: string;
}

function configuration({ port, upstreamPort, descriptorSet }: EnvoyPlace): object {
  const transcoder = {
    name: 'envoy.filters.http.grpc_json_transcoder',
    typed_config: {
      '@type': `${typeUrl}.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder`,
      proto_descriptor: descriptorSet,
      services: ['bench.v1.BenchService'],
    },
  };
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': `${typeUrl}.filters.http.router.v3.Router` },
  };
  const connectionManager = {
    '@type': `${typeUrl}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'bench',
    route_config: {
      virtual_hosts: [
        { name: 'bench', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'backend' } }] },
      ],
    },
    http_filters: [transcoder, router],
  };
  return {
    static_resources: {
      listeners: [
        {
          address: socketAddress(port),
          filter_chains: [
            { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: connectionManager }] },
          ],
        },
      ],
      clusters: [
        {
          name: 'backend',
          type: 'STATIC',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': `${typeUrl}.upstreams.http.v3.HttpProtocolOptions`,
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'backend',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(upstreamPort) } }] }],
          },
        },
      ],
    },
  };
}

function socketAddress(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}
