import { createLogger, type Logger } from '../../gateway/telemetry/logger.ts';
import { createReadableFormat } from './readable-format.ts';

/** Where the lines of all processes come together. */
export interface LogOutput {
  /** Lines of the supervisor itself. */
  readonly log: Logger;
  /** One line of a program, without its end. */
  write(program: string, line: string): void;
}

/**
 * @param readable coloured text for people instead of JSON lines
 * @param print takes whole lines with their ends
 */
export async function createLogOutput(readable: boolean, print: (text: string) => void): Promise<LogOutput> {
  const format = readable ? await createReadableFormat() : undefined;
  const write = (line: string): void => print(format === undefined ? `${line}\n` : format(line));
  const loggerOf = (service: string, caller: boolean): Logger =>
    createLogger({ service, level: 'info', caller, destination: { write: (line: string) => write(line.trimEnd()) } });
  return {
    log: loggerOf('start', true),
    write: (program, line) => {
      if (line.startsWith('{"')) write(line);
      // A crash of Node prints plain text.
      else if (line.trim() !== '') loggerOf(program, false).error(line);
    },
  };
}
