import { flagName, type Setting, variableName } from './setting.ts';
import { settingGroups } from './settings.ts';

/** One setting as people are told of it. */
interface Line {
  readonly flag: string;
  readonly variable: string;
  readonly defaultText: string;
  readonly help: string;
}

interface Group {
  readonly title: string;
  readonly lines: readonly Line[];
}

const width = 110;

/** What --help prints. */
export function helpText(): string {
  const sections = groups().map(({ title, lines }) => `${title}:\n${lines.map(helpEntry).join('\n')}`);
  return `${[
    'protogate serves any gRPC API as HTTP/JSON from its proto alone.',
    'Usage: protogate --proto FILE… --upstream HOST:PORT [--listen HOST:PORT] …\n       protogate --config FILE',
    ...sections,
    'Also: --help, --version.',
    'Every flag has an environment variable: --proto-path is PROTOGATE_PROTO_PATH; values of flags that may be repeated\n' +
      'are separated by commas there. A flag counts before its variable, that before the file, that before the default.\n' +
      'Durations: 500ms, 10s, 1m, 2h. Sizes: 65536, 512KiB, 4MiB.',
  ].join('\n\n')}\n`;
}

/** The README's table of settings, in Markdown. */
export function settingsMarkdown(): string {
  const cell = (value: string) => value.replaceAll('|', '\\|');
  const code = (value: string) => (value === '' ? '' : `\`${cell(value)}\``);
  return groups()
    .map(({ title, lines }) =>
      [
        `**${title}**\n`,
        '| flag | variable | default | what it does |',
        '|---|---|---|---|',
        ...lines.map(
          ({ flag, variable, defaultText, help }) =>
            `| ${code(flag)} | ${code(variable)} | ${code(defaultText)} | ${cell(help)} |`,
        ),
        '',
      ].join('\n'),
    )
    .join('\n');
}

function groups(): Group[] {
  return Object.entries(settingGroups).map(([title, settings]) => ({
    title,
    lines: Object.entries<Setting<unknown>>(settings).map(([name, setting]) => ({
      flag: usage(name, setting),
      variable: [variableName(name), setting.alias ?? []].flat().join(', '),
      defaultText: setting.defaultText,
      help: setting.kind === 'list' ? `${setting.help} May be repeated.` : setting.help,
    })),
  }));
}

/** "--timeout DURATION", "--[no-]strict" */
function usage(name: string, { kind, placeholder }: Setting<unknown>): string {
  return kind === 'toggle' ? `--[no-]${flagName(name)}` : `--${flagName(name)} ${placeholder}`;
}

function helpEntry({ flag, defaultText, help }: Line): string {
  const shown = defaultText === '' || defaultText === 'off' ? '' : ` (default ${defaultText})`;
  const indent = ' '.repeat(34);
  const lines = wrap(`${help}${shown}`, width - indent.length);
  const head = `  ${flag}`;
  return head.length < indent.length
    ? `${head.padEnd(indent.length)}${lines.join(`\n${indent}`)}`
    : `${head}\n${indent}${lines.join(`\n${indent}`)}`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
