import { readCommandLine, type SourceReading } from './command-line.ts';
import { readConfigFile } from './config-file.ts';
import { crossCheck } from './cross-checks.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type Settings, settingsByName } from './settings.ts';

/** What the program was asked to do. */
export type Configuration =
  | { readonly kind: 'serve'; readonly settings: Settings }
  | { readonly kind: 'help' | 'version' }
  /** Everything that is wrong, a line each, naming its flag, variable or key. */
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

/** Reads the settings: a flag counts before its variable, that before the file, that before the default. */
export async function readConfiguration(
  argv: readonly string[],
  environment: Environment = process.env,
): Promise<Configuration> {
  const commandLine = readCommandLine(argv);
  if (commandLine.print !== undefined) return { kind: commandLine.print };
  const variables = readEnvironment(environment);
  const [file] = commandLine.given.get('config') ?? variables.given.get('config') ?? [];
  const sources: SourceReading[] = [commandLine, variables];
  if (file !== undefined) sources.push(await readConfigFile(String(file.value), file.origin));

  const faults = sources.flatMap((source) => source.faults);
  const values: Record<string, unknown> = {};
  for (const [name, setting] of settingsByName) {
    const given = sources.map((source) => source.given.get(name)).find((each) => each !== undefined);
    const reading = setting.read(given ?? []);
    faults.push(...reading.faults);
    values[name] = reading.value;
  }
  const settings = values as Settings;
  // Checks across settings would only repeat the faults of the single ones.
  if (faults.length === 0) faults.push(...crossCheck(settings));
  return faults.length > 0 ? { kind: 'faulty', faults } : { kind: 'serve', settings };
}
