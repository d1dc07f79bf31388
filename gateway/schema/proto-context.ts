import type { CustomOption, MergeOption, TypeReference } from './parsed-proto.ts';
import { stringText } from './proto-literals.ts';
import { ProtoSyntaxError, type Token, type TokenReader } from './proto-tokens.ts';
import { type OptionStatement, optionText } from './read-option.ts';

/** What is known of a .proto file while it is read. */
export interface ProtoContext {
  readonly reader: TokenReader;
  readonly syntax: 'proto2' | 'proto3' | 'editions';
  readonly references: TypeReference[];
  readonly customOptions: CustomOption[];
  readonly starts: Map<object, number>;
}

/** "scope.name"; the scope of a file without a package is "". */
export function nameIn(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

/** Notes where a declaration stands, for faults found later. */
export function declare<Declaration extends object>(
  { starts }: ProtoContext,
  declaration: Declaration,
  start: number,
): Declaration {
  starts.set(declaration, start);
  return declaration;
}

/** Merges an option that descriptor.proto knows at once; keeps a custom one for when its extension is known. */
export function takeOption(
  { customOptions }: ProtoContext,
  statement: OptionStatement,
  scope: string,
  merge: MergeOption,
): void {
  if (statement.parts.some(({ extension }) => extension) || namesExtension(statement)) {
    customOptions.push({ statement, scope, merge });
    return;
  }
  try {
    merge(optionText(statement));
  } catch (error) {
    throw new ProtoSyntaxError(optionFault(statement, error), statement.start);
  }
}

/** "features = { [pb.cpp] {…} }" holds an extension as well; a list may be taken for one, which does no harm. */
function namesExtension({ value }: OptionStatement): boolean {
  return value.some(({ text }) => text === '[');
}

/** "option (a.b).c: unknown field …" */
export function optionFault({ parts }: OptionStatement, error: unknown): string {
  const name = parts.map((part) => (part.extension ? `(${part.name})` : part.name)).join('.');
  return `option ${name}: ${error instanceof Error ? error.message : String(error)}`;
}

export function readInteger(reader: TokenReader, wanted: string): { value: number; start: number } {
  const { text, start } = reader.expectKind('integer', wanted);
  return { value: Number(integerOf(text)), start };
}

export function readSignedInteger(reader: TokenReader): number {
  const negative = reader.accept('-');
  const { value, start } = readInteger(reader, 'a number');
  if (value > 2 ** 31 - (negative ? 0 : 1)) throw new ProtoSyntaxError('a number past 32 bits', start);
  return negative ? -value : value;
}

/** The value of an integer token: decimal, hexadecimal or octal. */
export function integerOf(text: string): bigint {
  return BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text);
}

/** One string, which may be written as several. */
export function readString(reader: TokenReader): string {
  const tokens = [reader.expectKind('string', 'a string')];
  while (reader.peek().kind === 'string') tokens.push(reader.next());
  return stringText(tokens);
}

/** "1, 3 to 5, 9 to max" with both ends inclusive. */
export function readRanges({ reader }: ProtoContext, maximum: number, first: () => number): [number, number][] {
  const ranges: [number, number][] = [];
  do {
    const from = reader.peek();
    const start = first();
    let end = start;
    if (reader.accept('to')) end = reader.accept('max') ? maximum : first();
    if (end < start || end > maximum) throw new ProtoSyntaxError('a range that ends before it begins', from.start);
    ranges.push([start, end]);
  } while (reader.accept(','));
  return ranges;
}

/** What follows `reserved`: ranges, names in quotes, or (editions) names without. */
export function readReserved(
  context: ProtoContext,
  maximum: number,
  number: () => number,
): { ranges: [number, number][]; names: string[] } {
  const { reader } = context;
  const kind = reader.peek().kind;
  if (kind !== 'string' && kind !== 'identifier') return { ranges: readRanges(context, maximum, number), names: [] };
  const names: string[] = [];
  do names.push(readReservedName(context, kind));
  while (reader.accept(','));
  return { ranges: [], names };
}

function readReservedName({ reader, syntax }: ProtoContext, kind: Token['kind']): string {
  const wanted = syntax === 'editions' ? 'identifier' : 'string';
  const token = reader.peek();
  const text = kind === 'string' ? readString(reader) : reader.next().text;
  if (kind !== wanted) {
    const how = wanted === 'string' ? 'in quotes' : 'without quotes';
    throw new ProtoSyntaxError(`a reserved name stands ${how} in this file`, token.start);
  }
  return text;
}
