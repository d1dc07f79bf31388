import { type Address, systemCode } from '../config/value-parsers.ts';
import { SchemaError } from '../schema/schema.ts';

/** How a program ends that cannot start. */
export interface StartFault {
  readonly exitCode: number;
  /** For standard error. */
  readonly lines: readonly string[];
}

/** Faults of the schema are the configuration's (2); that the address cannot be had is the machine's (1). Throws the rest. */
export function startFault(thrown: unknown, { host, port }: Address): StartFault {
  if (thrown instanceof SchemaError) return { exitCode: 2, lines: thrown.faults };
  const isListening =
    thrown instanceof Error &&
    'syscall' in thrown &&
    ['listen', 'bind', 'getaddrinfo'].includes(String(thrown.syscall));
  if (!isListening) throw thrown;
  const code = systemCode(thrown);
  const line =
    code === 'EADDRINUSE'
      ? `port ${port} is in use on ${host}; choose another with --listen HOST:PORT`
      : `--listen: cannot listen on ${host}:${port} (${code})`;
  return { exitCode: 1, lines: [line] };
}

/** Not by `process.exitCode`: the channel to a parent would keep the process. */
export function endWithFault({ exitCode, lines }: StartFault): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(exitCode);
}
