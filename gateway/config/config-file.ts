import { readFile } from 'node:fs/promises';
import type { SourceReading } from './command-line.ts';
import { didYouMean } from './nearest-name.ts';
import { flagName, type Given, type Setting } from './setting.ts';
import { settingsByName } from './settings.ts';
import { quote, systemCode } from './value-parsers.ts';

/** Reads a configuration file. @param origin what named the file: "--config" or "PROTOGATE_CONFIG". */
export async function readConfigFile(path: string, origin: string): Promise<SourceReading> {
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (thrown) {
    return { given: new Map(), faults: [`${origin}: ${quote(path)} cannot be read (${systemCode(thrown)})`] };
  }
  return parseConfigFile(path, source);
}

/** The YAML package is loaded only for a program that has a file. */
async function parseConfigFile(path: string, source: string): Promise<SourceReading> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ message, pos: [start] }) => {
      const { line, col } = lineCounter.linePos(start);
      return `${path}: line ${line}, column ${col}: ${message.split('\n')[0]}`;
    });
    return { given: new Map(), faults };
  }
  const content: unknown = document.toJS();
  if (content === null) return { given: new Map(), faults: [] };
  if (!isMapping(content)) return { given: new Map(), faults: [`${path}: is not a mapping of settings`] };
  return readMapping(path, content);
}

function readMapping(path: string, content: Readonly<Record<string, unknown>>): SourceReading {
  const names = new Map(
    [...settingsByName.keys()].filter((name) => name !== 'config').map((name) => [flagName(name), name]),
  );
  const given = new Map<string, readonly Given[]>();
  const faults: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const name = names.get(key);
    const setting = name === undefined ? undefined : settingsByName.get(name);
    const origin = `${path}: ${key}`;
    if (name === undefined || setting === undefined) {
      faults.push(`${origin}: there is no such setting${didYouMean(key, names.keys())}`);
      continue;
    }
    const values = givenValues(value, setting);
    if (typeof values === 'string') faults.push(`${origin}: ${values}`);
    else
      given.set(
        name,
        values.map((each) => ({ origin, value: each })),
      );
  }
  return { given, faults };
}

/** The values that a key gives, or what is wrong with them. */
function givenValues(value: unknown, { kind }: Setting<unknown>): Given['value'][] | string {
  if (Array.isArray(value) && kind !== 'list') return 'takes one value, not a list';
  const values: Given['value'][] = [];
  for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (isMapping(each)) values.push(each);
    else if (typeof each === 'string') values.push(each);
    else if (typeof each === 'number' || typeof each === 'boolean') values.push(String(each));
    else return 'has no value';
  }
  return values;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
