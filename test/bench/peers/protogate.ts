import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../tools.ts';
import type { Peer } from './peer.ts';

export function protogatePeer(nodeOptions: readonly string[] = []): Peer {
  const { version }: { version: string } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  return {
    key: 'protogate',
    name: 'Protogate',
    version: `${version}, Node ${process.version}`,
    options: 'defaults: --proto, --proto-path, --upstream, --listen; deadlines and metrics on, no access log',
    gateway: true,
    command: (port, upstreamPort) => ({
      program: process.execPath,
      args: [
        // As `npm run gateway` and the package's command start it.
        '--min-semi-space-size=8',
        '--max-semi-space-size=8',
        ...nodeOptions,
        join(repository, 'gateway', 'main.js'),
        '--proto',
        'bench/v1/bench.proto',
        '--proto-path',
        join(repository, 'test', 'bench', 'proto'),
        '--proto-path',
        join(repository, 'proto'),
        '--upstream',
        `127.0.0.1:${upstreamPort}`,
        '--listen',
        `127.0.0.1:${port}`,
      ],
    }),
  };
}
