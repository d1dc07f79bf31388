import { parseArgs } from 'node:util';
import { serviceNames } from '../../services/table.ts';

export interface Settings {
  readonly gatewayPort: number;
  /** Port of Service A; the others follow in order. */
  readonly servicesPort: number;
  /** Where the services go if one of those ports is busy; undefined: nowhere, for somebody asked for them. */
  readonly otherServicesPort: number | undefined;
}

/** Below the ports that systems lend to outgoing connections, which may keep one of the usual eight busy for a minute. */
const quietPort = 20051;

export const help = `npm start: the gateway and the eight services of the mesh, on this machine.

  PORT=8080             the gateway's port
  SERVICES_PORT=50051   the port of Service A; B to H take the seven that follow
                        (from 20051 on, if unset and one of them is busy)
  LOG_LEVEL=info        trace, debug, info, warn, error, fatal or silent
  DATA_DIR=.data        folder of the queue's and the stores' files

Logs are readable on a terminal, and JSON lines otherwise. Ctrl-C stops everything.
`;

/** All that is wrong with the settings. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * @returns the settings, or "help" when that is what was asked for
 * @throws SettingsError with every fault at once
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  commandLine: readonly string[],
): Settings | 'help' {
  const faults: string[] = [];
  try {
    const { values } = parseArgs({ args: [...commandLine], options: { help: { type: 'boolean', short: 'h' } } });
    if (values.help) return 'help';
  } catch (error) {
    faults.push(
      `${error instanceof Error ? error.message : String(error)}; settings are environment variables: --help`,
    );
  }
  const readPort = (variable: string, byDefault: number, last: number): number => {
    const text = environment[variable] || String(byDefault);
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (!(port >= 1 && port <= last)) faults.push(`${variable} "${text}" must be a number from 1 to ${last}`);
    return port;
  };
  const gatewayPort = readPort('PORT', 8080, 65535);
  const servicesPort = readPort('SERVICES_PORT', 50051, 65536 - serviceNames.length);
  if (gatewayPort >= servicesPort && gatewayPort < servicesPort + serviceNames.length) {
    faults.push(`PORT ${gatewayPort} is one of the ports that follow SERVICES_PORT ${servicesPort}`);
  }
  if (faults.length > 0) throw new SettingsError(faults.join('; '));
  return { gatewayPort, servicesPort, otherServicesPort: environment['SERVICES_PORT'] ? undefined : quietPort };
}
