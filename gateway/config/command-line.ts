import { parseArgs } from 'node:util';
import { didYouMean } from './nearest-name.ts';
import { flagName, type Given } from './setting.ts';
import { settingsByName } from './settings.ts';
import { quote } from './value-parsers.ts';

/** What one source of settings gives, by name of the setting. */
export interface SourceReading {
  readonly given: ReadonlyMap<string, readonly Given[]>;
  readonly faults: readonly string[];
}

export interface CommandLine extends SourceReading {
  /** What to print instead of serving. */
  readonly print: 'help' | 'version' | undefined;
}

/** A flag as written, and what it sets. */
interface Flag {
  readonly name: string;
  readonly toggle: boolean;
  readonly list: boolean;
  /** `--no-strict` */
  readonly negative: boolean;
}

/** Reads the arguments after the program's name. A toggle takes `--strict`, `--no-strict`, `--strict=off` and `--strict off`. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const flags = allFlags();
  const { tokens } = parseArgs({
    args: argv.map((argument, index) => (lacksValue(argument, argv[index + 1], flags) ? `${argument}=` : argument)),
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries([
      ...[...flags].map(([flag, { toggle }]) => [flag, { type: toggle ? 'boolean' : 'string' }] as const),
      ['help', { type: 'boolean', short: 'h' }] as const,
      ['version', { type: 'boolean' }] as const,
    ]),
  });
  const given = new Map<string, Given[]>();
  const faults: string[] = [];
  let print: CommandLine['print'];
  const add = (name: string, each: Given) => given.set(name, [...(given.get(name) ?? []), each]);
  for (const [position, token] of tokens.entries()) {
    if (token.kind === 'positional') {
      if (!belongsTo(tokens[position - 1], token.value, flags)) {
        faults.push(`${quote(token.value)}: is not a flag${oneEach(tokens[position - 1], flags)}`);
      }
    }
    if (token.kind !== 'option') continue;
    const flag = flags.get(token.name);
    if (token.name === 'help' || token.name === 'version') print ??= token.name;
    else if (flag === undefined) {
      faults.push(`${token.rawName}: there is no such flag${didYouMean(token.name, flags.keys(), '--')}`);
    } else if (flag.negative && token.value !== undefined) faults.push(`${token.rawName}: takes no value`);
    else if (flag.toggle) {
      const next = tokens[position + 1];
      const separate = !flag.negative && next?.kind === 'positional' && isSwitchWord(next.value) ? next.value : 'on';
      add(flag.name, { origin: token.rawName, value: flag.negative ? 'off' : (token.value ?? separate) });
    } else if (!token.value) {
      faults.push(`${token.rawName}: needs a value`);
    } else add(flag.name, { origin: token.rawName, value: token.value });
  }
  return { given, faults, print };
}

function allFlags(): ReadonlyMap<string, Flag> {
  return new Map(
    [...settingsByName].flatMap(([name, { kind }]): [string, Flag][] => {
      const flag = flagName(name);
      const toggle = kind === 'toggle';
      const list = kind === 'list';
      return [
        [flag, { name, toggle, list, negative: false }],
        ...(toggle ? [[`no-${flag}`, { name, toggle, list, negative: true }] as [string, Flag]] : []),
      ];
    }),
  );
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

/** Whether a positional argument is the value of what stands before it: of a toggle, or of a flag that does not exist. */
function belongsTo(before: Token | undefined, value: string, flags: ReadonlyMap<string, Flag>): boolean {
  if (before?.kind !== 'option' || before.value !== undefined) return false;
  if (before.name === 'help' || before.name === 'version') return false;
  const flag = flags.get(before.name);
  return flag === undefined || (flag.toggle && !flag.negative && isSwitchWord(value));
}

/** `--proto *.proto`, which a shell makes several words of. */
function oneEach(before: Token | undefined, flags: ReadonlyMap<string, Flag>): string {
  if (before?.kind !== 'option' || flags.get(before.name)?.list !== true) return '';
  return `; ${before.rawName} takes one value, and may be repeated`;
}

/** `--listen --strict`: parseArgs would take the second flag as the value of the first. */
function lacksValue(argument: string, next: string | undefined, flags: ReadonlyMap<string, Flag>): boolean {
  return argument.startsWith('--') && flags.get(argument.slice(2))?.toggle === false && next?.startsWith('--') === true;
}

function isSwitchWord(value: string): boolean {
  return ['on', 'off', 'true', 'false'].includes(value);
}
