import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files made for these tests: one CA, a server (upstream.test, localhost, 127.0.0.1) and a client signed by it. */
export function certificate(name: 'ca' | 'server' | 'server-key' | 'client' | 'client-key'): Buffer {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.pem`));
}
