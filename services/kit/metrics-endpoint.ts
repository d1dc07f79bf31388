import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { ListenError } from './server.ts';

/** Serves `GET /metrics` over HTTP, for Prometheus. Resolves to what closes it. @throws ListenError */
export async function startMetricsEndpoint(registry: Registry, host: string, port: number): Promise<() => void> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ListenError(`cannot listen on ${host}:${port} (${error.message}); choose another port with METRICS_PORT`),
      ),
    );
    server.listen(port, host, resolve);
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
