import { logLevels } from '../gateway/telemetry/logger.ts';
import { type ServiceName, type ServiceRow, serviceNames, serviceTable, slugOf, urlVariableOf } from './table.ts';

/** Settings of one service, from its environment. */
export interface Configuration {
  readonly row: ServiceRow;
  /** What the service says. */
  readonly greeting: string;
  readonly host: string;
  readonly port: number;
  /** Where Prometheus reads the metrics over HTTP; undefined: nowhere. */
  readonly metricsPort: number | undefined;
  readonly logLevel: string;
  /** Callees in the row's order, each with its address (host:port). */
  readonly callees: readonly { readonly name: ServiceName; readonly address: string }[];
  readonly queueName: string;
  /** Folder of the queue's and the stores' files. */
  readonly dataDirectory: string;
}

/** All that is wrong with an environment; each fault names its variable. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('; '));
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads SERVICE_NAME, HOST (0.0.0.0), PORT (50051), METRICS_PORT (none), LOG_LEVEL (info), GREETING, SERVICE_A_URL …
 * SERVICE_H_URL (service-a:50051 …), QUEUE_NAME (service-d.greeting) and DATA_DIR (.data). An empty variable is an unset one.
 * @throws ConfigurationError with every fault at once.
 */
export function readConfiguration(environment: Environment): Configuration {
  const faults: string[] = [];
  const value = (name: string): string | undefined => environment[name] || undefined;

  const name = value('SERVICE_NAME');
  const row = isServiceName(name) ? serviceTable[name] : undefined;
  if (row === undefined) {
    const range = `${serviceNames[0]} … ${serviceNames.at(-1)}`;
    faults.push(`SERVICE_NAME ${name === undefined ? 'must be set' : `"${name}" is unknown`}: one of ${range}`);
  }

  const readPort = (variable: string): number | undefined => {
    const text = value(variable);
    if (text === undefined) return undefined;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (port >= 1 && port <= 65535) return port;
    faults.push(`${variable} "${text}" must be a number from 1 to 65535`);
    return undefined;
  };
  const port = readPort('PORT') ?? 50051;
  const metricsPort = readPort('METRICS_PORT');

  const logLevel = value('LOG_LEVEL') ?? 'info';
  if (!logLevels.some((level) => level === logLevel)) {
    faults.push(`LOG_LEVEL "${logLevel}" must be one of ${logLevels.join(', ')}`);
  }

  const callees = (row?.calls ?? []).map((callee) => {
    const address = value(urlVariableOf(callee)) ?? `${slugOf(callee)}:50051`;
    if (!isAddress(address)) faults.push(`${urlVariableOf(callee)} "${address}" must be host:port`);
    return { name: callee, address };
  });

  // The values are left out of the messages: they hold passwords.
  if (value('MONGO_CONN')) {
    faults.push('MONGO_CONN is set, but MongoDB is not supported yet: unset it to keep messages in files (DATA_DIR)');
  }
  if (value('RABBITMQ_CONN')) {
    faults.push('RABBITMQ_CONN is set, but RabbitMQ is not supported yet: unset it to queue in a file (DATA_DIR)');
  }

  if (row === undefined || faults.length > 0) throw new ConfigurationError(faults);
  return {
    row,
    greeting: value('GREETING') ?? row.message,
    host: value('HOST') ?? '0.0.0.0',
    port,
    metricsPort,
    logLevel,
    callees,
    queueName: value('QUEUE_NAME') ?? 'service-d.greeting',
    dataDirectory: value('DATA_DIR') ?? '.data',
  };
}

function isServiceName(name: string | undefined): name is ServiceName {
  return serviceNames.some((known) => known === name);
}

/** "host:port" or "[::1]:port"; the port in its range. */
function isAddress(address: string): boolean {
  const port = Number(/^(?:[^\s:/[\]]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(address)?.[1]);
  return port >= 1 && port <= 65535;
}
