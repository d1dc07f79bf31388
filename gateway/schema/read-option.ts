import { ProtoSyntaxError, type Token, type TokenReader } from './proto-tokens.ts';

/** A part of an option's name; an extension is written in parentheses. */
export interface OptionPart {
  readonly name: string;
  readonly extension: boolean;
}

/** "name = value", as it stands after `option` or between brackets. */
export interface OptionStatement {
  readonly parts: readonly OptionPart[];
  /** One value for a scalar (a string may be several), everything from "{" to "}" for a message. */
  readonly value: readonly Token[];
  readonly start: number;
}

const maximumDepth = 100;

export function readOption(reader: TokenReader): OptionStatement {
  const { start } = reader.peek();
  const parts = [readPart(reader)];
  while (reader.accept('.')) parts.push(readPart(reader));
  reader.expect('=');
  return { parts, value: readValue(reader), start };
}

/** "[a = 1, b = 2]", or nothing. */
export function readBracketOptions(reader: TokenReader): OptionStatement[] {
  const options: OptionStatement[] = [];
  if (!reader.accept('[')) return options;
  do options.push(readOption(reader));
  while (reader.accept(','));
  reader.expect(']');
  return options;
}

/** "a.b.c" or ".a.b.c". */
export function readTypeName(reader: TokenReader): string {
  let name = reader.accept('.') ? '.' : '';
  name += reader.expectKind('identifier', 'a type name').text;
  while (reader.accept('.')) name += `.${reader.expectKind('identifier', 'a name').text}`;
  return name;
}

/**
 * The option in the text format (protobuf.dev/reference/protobuf/textformat-spec), which reads every kind of value:
 * "(a.b).c = 1" is "[a.b] {c: 1}". Extensions are given by full name, in the order of the parts.
 */
export function optionText({ parts, value }: OptionStatement, extensionNames: readonly string[] = []): string {
  const extensions = extensionNames.values();
  const names = parts.map((part) => (part.extension ? `[${extensions.next().value ?? part.name}]` : part.name));
  const text = joinTokens(value);
  const closing = '}'.repeat(names.length - 1);
  return `${names.join(' { ')}${text.startsWith('{') ? ' ' : ': '}${text}${closing}`;
}

/** Tokens as text without their comments, which the text format writes in another way. */
function joinTokens(tokens: readonly Token[]): string {
  return tokens
    .map(({ text, start }, index) => (index > 0 && tokens[index - 1]?.end !== start ? ` ${text}` : text))
    .join('');
}

function readPart(reader: TokenReader): OptionPart {
  if (!reader.accept('(')) return { name: reader.expectKind('identifier', 'an option name').text, extension: false };
  const name = readTypeName(reader);
  reader.expect(')');
  return { name, extension: true };
}

function readValue(reader: TokenReader): Token[] {
  const first = reader.peek();
  if (first.text === '{') return readMessageValue(reader);
  if (first.kind === 'string') {
    const strings: Token[] = [];
    while (reader.peek().kind === 'string') strings.push(reader.next());
    return strings;
  }
  const sign = reader.accept('-') ? [first] : [];
  const { kind } = reader.peek();
  if (kind !== 'identifier' && kind !== 'integer' && kind !== 'float') throw reader.unexpected('an option value');
  return [...sign, reader.next()];
}

function readMessageValue(reader: TokenReader): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  do {
    const token = reader.peek();
    if (token.kind === 'end') throw reader.unexpected('"}"');
    if (token.text === '{') depth += 1;
    if (token.text === '}') depth -= 1;
    if (depth > maximumDepth) throw new ProtoSyntaxError(`nested deeper than ${maximumDepth}`, token.start);
    tokens.push(reader.next());
  } while (depth > 0);
  return tokens;
}
