import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../tools.ts';
import type { Peer } from './peer.ts';

/** The limit for a gateway on Fastify: the same answers from memory. */
export function fastifyPeer(answersFile: string): Peer {
  const manifest = join(repository, 'node_modules', 'fastify', 'package.json');
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return {
    key: 'fastify',
    name: 'Fastify from memory',
    version: `${version}, Node ${process.version}`,
    options: 'one route a path, a string that is ready, no gRPC',
    gateway: false,
    command: (port) => ({
      program: process.execPath,
      args: [join(import.meta.dirname, 'fastify-server.ts'), String(port), answersFile],
    }),
  };
}
