import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { getCallSites } from 'node:util';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Who logs: "gateway", "Service A". */
  readonly service: string;
  /** Which process of several that are one service. */
  readonly worker?: number | undefined;
  /** "trace" … "fatal" or "silent". */
  readonly level: string;
  readonly destination?: DestinationStream;
  /** Whether lines carry the function, file and line that logged; access lines do without. */
  readonly caller?: boolean;
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** JSON lines: level, time (RFC 3339), service, hostname, caller (function, file and line), message. */
export function createLogger({ service, worker, level, destination, caller = true }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, ...(worker !== undefined && { worker }), hostname: hostname() },
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['*.authorization', '*.cookie', '*.password', '*.secret'], censor: '[redacted]' },
      ...(caller && { mixin: () => ({ caller: callSite() }) }),
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

const packageFolder = join(import.meta.dirname, '..', '..');

/** "function file:line" of the first frame outside pino and this file. */
function callSite(): string | undefined {
  const frame = getCallSites(12).find(
    ({ scriptName }) =>
      scriptName !== import.meta.url && !scriptName.startsWith('node:') && !scriptName.includes('/node_modules/pino/'),
  );
  if (frame === undefined) return undefined;
  const file = relative(packageFolder, frame.scriptName.replace('file://', ''));
  return `${frame.functionName || '(top level)'} ${file}:${frame.lineNumber}`;
}
