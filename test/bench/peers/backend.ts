import { join } from 'node:path';
import type { ProcessCommand } from '../processes.ts';
import type { GoPrograms } from '../tools.ts';

/** The gRPC server behind all gateways: in Go where there is Go, otherwise in Node. */
export interface Backend {
  readonly description: string;
  command(port: number): ProcessCommand;
}

export function chooseBackend(programs: GoPrograms | undefined): Backend {
  if (programs === undefined) {
    return {
      description: 'grpc-js in Node (no Go here)',
      command: (port) => ({
        program: process.execPath,
        args: [join(import.meta.dirname, 'backend-server.ts'), String(port)],
      }),
    };
  }
  return {
    description: 'grpc-go; answers are encoded once, an echo sends back the bytes that came',
    command: (port) => ({ program: programs.backend, args: ['-listen', `127.0.0.1:${port}`] }),
  };
}
