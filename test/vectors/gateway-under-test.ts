import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { type ProtogateOptions, protogate, serverOptions, type Upstream } from '../../gateway/index.ts';
import { loadSchema } from '../../gateway/schema/load-schema.ts';

const protoPaths = [join(import.meta.dirname, 'proto'), join(import.meta.dirname, '../../proto')];

/** In the order in which the recorded gateway registered their services. */
const protos = [
  'greeting/greeting.proto',
  ...['bodies', 'legacy', 'meta', 'names', 'paths', 'query', 'raw', 'routing', 'streams'].map(
    (name) => `vectors/v1/${name}.proto`,
  ),
];

/** The plugin over the protos of the vectors, listening on a port of 127.0.0.1; `close` it. */
export async function startGateway(
  upstream: Upstream,
  options: Partial<ProtogateOptions> = {},
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const schema = await loadSchema({ protos, protoPaths });
  const app = Fastify({ ...serverOptions, forceCloseConnections: true });
  await app.register(protogate, { schema, upstream, onWarning: () => undefined, ...options });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, port: (app.server.address() as AddressInfo).port };
}
