import { serviceNames, urlVariableOf } from '../../services/table.ts';
import type { Settings } from './settings.ts';

export const host = '127.0.0.1';

/** One of the nine processes. */
export interface Program {
  /** "gateway", "Service A". */
  readonly name: string;
  /** What Node is run with: its flags, the file and its arguments, from the root of the repository. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  /** How to give it another port, for the message that says its port is busy. */
  readonly portHint: string;
}

export interface Programs {
  readonly gateway: Program;
  readonly services: readonly Program[];
}

/** @param environment of this process: the programs inherit it */
export function describePrograms(
  { gatewayPort, servicesPort }: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Programs {
  const addresses = Object.fromEntries(
    serviceNames.map((name, index) => [urlVariableOf(name), `${host}:${servicesPort + index}`]),
  );
  const services = serviceNames.map((name, index) => {
    const port = servicesPort + index;
    return {
      name,
      command: ['services/main.ts'],
      // One METRICS_PORT cannot be the port of eight.
      environment: {
        ...addresses,
        ...environment,
        SERVICE_NAME: name,
        HOST: host,
        PORT: String(port),
        METRICS_PORT: undefined,
      },
      port,
      portHint: 'SERVICES_PORT=51051 npm start (the first of eight ports)',
    };
  });
  const gateway = {
    name: 'gateway',
    command: [
      ...['--min-semi-space-size=8', '--max-semi-space-size=8', 'gateway/main.js'],
      ...['--proto', 'greeting/greeting.proto', '--proto', 'greeting/edge.proto', '--proto-path', 'proto'],
      ...['--upstream', `${host}:${servicesPort}`, '--listen', `${host}:${gatewayPort}`],
      ...['--cors-origin', '*', '--http-status-metadata', 'x-http-code'],
    ],
    environment,
    port: gatewayPort,
    portHint: 'PORT=9000 npm start',
  };
  return { gateway, services };
}
