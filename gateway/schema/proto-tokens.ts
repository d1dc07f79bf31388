/** Where a token starts in its file, both counted from 1; a tab counts as one column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Token {
  readonly kind: 'identifier' | 'integer' | 'float' | 'string' | 'symbol' | 'end';
  /** As written; of a string with its quotes and escapes. */
  readonly text: string;
  /** Offsets into the source, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** A .proto file that does not hold the grammar. */
export class ProtoSyntaxError extends Error {
  override readonly name = 'ProtoSyntaxError';
  readonly start: number;

  constructor(message: string, start: number) {
    super(message);
    this.start = start;
  }
}

const blank = /[ \t\r\n\f\v]*/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const string = /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'/y;
const integer = /^(?:0|[1-9][0-9]*|0[0-7]+|0[xX][0-9a-fA-F]+)$/;

/** Far more digits than any type holds. */
const longestNumber = 1000;

/** Reads the tokens of one .proto file, with one token of look-ahead (protobuf.com/docs/language-spec, lexical elements). */
export class TokenReader {
  readonly source: string;
  #offset = 0;
  #next: Token;

  constructor(source: string) {
    this.source = source;
    this.#next = this.#scan();
  }

  peek(): Token {
    return this.#next;
  }

  next(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#next = this.#scan();
    return token;
  }

  /** Takes the next token if it is this symbol or keyword. */
  accept(text: string): boolean {
    if (this.#next.text !== text || this.#next.kind === 'string') return false;
    this.next();
    return true;
  }

  expect(text: string): Token {
    if (this.#next.text !== text || this.#next.kind === 'string') throw this.unexpected(`"${text}"`);
    return this.next();
  }

  expectKind(kind: Token['kind'], wanted: string): Token {
    if (this.#next.kind !== kind) throw this.unexpected(wanted);
    return this.next();
  }

  /** "expected a name, found …" at the next token. */
  unexpected(wanted: string): ProtoSyntaxError {
    const { kind, text, start } = this.#next;
    const found = kind === 'end' ? 'the end of the file' : kind === 'string' ? 'a string' : JSON.stringify(text);
    return new ProtoSyntaxError(`expected ${wanted}, found ${found}`, start);
  }

  #scan(): Token {
    const start = this.#skipBlank();
    if (start === this.source.length) return { kind: 'end', text: '', start, end: start };
    const found = this.#matchToken(start);
    this.#offset = found.end;
    return { ...found, text: this.source.slice(start, found.end), start };
  }

  /** The offset after blanks and comments. */
  #skipBlank(): number {
    const { source } = this;
    let offset = this.#match(blank, this.#offset);
    while (source.startsWith('//', offset) || source.startsWith('/*', offset)) {
      const close = source.charAt(offset + 1) === '/' ? '\n' : '*/';
      const found = source.indexOf(close, offset + 2);
      if (found === -1 && close === '*/') throw new ProtoSyntaxError('a comment that does not end', offset);
      offset = this.#match(blank, found === -1 ? source.length : found + close.length);
    }
    this.#offset = offset;
    return offset;
  }

  #matchToken(start: number): { kind: Token['kind']; end: number } {
    const first = this.source.charAt(start);
    let end = this.#match(identifier, start);
    if (end > start) return { kind: 'identifier', end };
    end = this.#match(number, start);
    if (end > start) return this.#number(start, end);
    end = this.#match(string, start);
    if (end > start) return { kind: 'string', end };
    if (first === '"' || first === "'") throw new ProtoSyntaxError('a string that does not end on its line', start);
    if (!'{}[]()<>=;:,.-/+'.includes(first)) {
      throw new ProtoSyntaxError(`unexpected character ${JSON.stringify(first)}`, start);
    }
    return { kind: 'symbol', end: start + 1 };
  }

  #number(start: number, end: number): { kind: Token['kind']; end: number } {
    if (this.#match(identifier, end) > end) throw new ProtoSyntaxError('a number must end before a letter', start);
    if (end - start > longestNumber) throw new ProtoSyntaxError('a number of too many digits', start);
    const text = this.source.slice(start, end);
    if (integer.test(text)) return { kind: 'integer', end };
    if (/^0[0-9]+$/.test(text)) throw new ProtoSyntaxError(`octal number ${text} holds a digit above 7`, start);
    return { kind: 'float', end };
  }

  /** The end of what a sticky pattern matches at the offset; the offset itself when it does not match. */
  #match(pattern: RegExp, offset: number): number {
    pattern.lastIndex = offset;
    return pattern.test(this.source) ? pattern.lastIndex : offset;
  }
}

export function positionOf(source: string, offset: number): Position {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
