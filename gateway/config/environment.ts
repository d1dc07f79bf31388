import type { SourceReading } from './command-line.ts';
import { type Given, type Setting, variableName } from './setting.ts';
import { settingsByName } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads PROTOGATE_… variables; those of settings that may be repeated hold values separated by commas. An empty variable
 * counts as not set. Unknown ones are no fault: Kubernetes sets PROTOGATE_PORT and others beside a Service named so.
 */
export function readEnvironment(environment: Environment): SourceReading {
  const given = new Map<string, readonly Given[]>();
  for (const [name, setting] of settingsByName) {
    const variable = [variableName(name), setting.alias ?? ''].find((each) => environment[each]);
    const value = variable === undefined ? undefined : environment[variable];
    if (variable !== undefined && value !== undefined) {
      given.set(
        name,
        valuesOf(value, setting).map((each) => ({ origin: variable, value: each })),
      );
    }
  }
  return { given, faults: [] };
}

function valuesOf(value: string, { kind }: Setting<unknown>): string[] {
  return kind === 'list' ? value.split(',').map((each) => each.trim()) : [value];
}
