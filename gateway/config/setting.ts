import { onOrOff, type Parsed, type Parser, quote } from './value-parsers.ts';

/** A value as a flag, a variable or the file gives it. */
export interface Given {
  /** What to name in a fault: "--listen", "PROTOGATE_LISTEN", "protogate.yaml: listen". */
  readonly origin: string;
  /** A mapping only from the file. */
  readonly value: string | Readonly<Record<string, unknown>>;
}

export interface Reading<T> {
  readonly value: T;
  readonly faults: readonly string[];
}

/** One line of the table of settings. Its flag, variable and key in the file are all made from its name there. */
export interface Setting<T> {
  readonly kind: 'toggle' | 'single' | 'list';
  /** "FILE" in `--proto FILE`; empty for a toggle. */
  readonly placeholder: string;
  readonly help: string;
  readonly default: T;
  /** The default as a person writes it; empty where there is none. */
  readonly defaultText: string;
  /** A variable that counts when the setting's own is not set. */
  readonly alias?: string;
  read(given: readonly Given[]): Reading<T>;
}

/** `--strict`, `--no-strict`. */
export function toggle(byDefault: boolean, help: string): Setting<boolean> {
  return {
    kind: 'toggle',
    placeholder: '',
    help,
    default: byDefault,
    defaultText: byDefault ? 'on' : 'off',
    read: (given) => readOne(given, onOrOff, byDefault),
  };
}

/** A setting that must be given to have a value. */
export function optional<T>(placeholder: string, parser: Parser<T>, help: string): Setting<T | undefined> {
  const base = { kind: 'single', placeholder, help, default: undefined, defaultText: '' } as const;
  return { ...base, read: (given) => readOne<T | undefined>(given, parser, undefined) };
}

/** A setting with a default, written as a person writes it. */
export function single<T>(placeholder: string, parser: Parser<T>, defaultText: string, help: string): Setting<T> {
  const parsed = parser(defaultText);
  if ('fault' in parsed) throw new TypeError(`default ${parsed.fault}`);
  const base = { kind: 'single', placeholder, help, default: parsed.value, defaultText } as const;
  return { ...base, read: (given) => readOne(given, parser, parsed.value) };
}

/** A setting that may be repeated. */
export function list<T>(
  placeholder: string,
  parser: Parser<T>,
  help: string,
  parseMapping?: (mapping: Readonly<Record<string, unknown>>) => Parsed<T>,
): Setting<readonly T[]> {
  return {
    kind: 'list',
    placeholder,
    help,
    default: [],
    defaultText: '',
    read(given) {
      const readings = given.map((each) => parse(each, parser, parseMapping));
      return {
        value: readings.flatMap((reading) => ('value' in reading ? [reading.value] : [])),
        faults: readings.flatMap((reading) => ('fault' in reading ? [reading.fault] : [])),
      };
    },
  };
}

function readOne<T>(given: readonly Given[], parser: Parser<T>, byDefault: T): Reading<T> {
  const [first, second] = given;
  if (first === undefined) return { value: byDefault, faults: [] };
  if (second !== undefined) return { value: byDefault, faults: [`${first.origin}: is given more than once`] };
  const parsed = parse(first, parser);
  return 'value' in parsed ? { value: parsed.value, faults: [] } : { value: byDefault, faults: [parsed.fault] };
}

function parse<T>(
  { origin, value }: Given,
  parser: Parser<T>,
  parseMapping?: (mapping: Readonly<Record<string, unknown>>) => Parsed<T>,
): Parsed<T> {
  const parsed =
    typeof value === 'string'
      ? parser(value)
      : (parseMapping?.(value) ?? { fault: `${quote(JSON.stringify(value))} is not a single value` });
  return 'value' in parsed ? parsed : { fault: `${origin}: ${parsed.fault}` };
}

/** "protoPath" → "proto-path": the flag without its dashes, and the key in the file. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** "protoPath" → "PROTOGATE_PROTO_PATH" */
export function variableName(name: string): string {
  return `PROTOGATE_${flagName(name).replaceAll('-', '_').toUpperCase()}`;
}
