import { findBadEscape, isUtf8Encoded, percentDecode } from './percent-decoding.ts';
import { TemplateSyntaxError } from './template-syntax-error.ts';

/** A literal (its decoded text), `*` for one path segment, `**` for any number of them. */
export type Segment =
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: '*' }
  | { readonly kind: '**' };

/** A part of the path that goes to a field of the request message. */
export interface PathVariable {
  /** Names of fields from the request message down: `{inner.a}` is ["inner", "a"]. */
  readonly fieldPath: readonly string[];
  /** The segments of the template that it covers: from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  /** It may hold several path segments: its own template is `**` or has a slash. */
  readonly multi: boolean;
}

/** A parsed path template (google/api/http.proto, "Path template syntax"). */
export interface PathTemplate {
  /** As written. */
  readonly text: string;
  /** At most one is `**`. The template "/" has one segment, the empty literal. */
  readonly segments: readonly Segment[];
  /** In the order in which they stand in the template. */
  readonly variables: readonly PathVariable[];
  /** What follows the last segment's colon, decoded; "" if there is none. */
  readonly verb: string;
}

/**
 * Reads a path template. Throws TemplateSyntaxError, which names the column.
 *
 * Wider than the grammar of http.proto, as templates in use are: `**` may stand at any place (once), "/" alone is the
 * root, and a literal may have every character that RFC 3986 allows in a segment, or any outside of ASCII. In the last
 * segment the last colon begins the verb; after a variable or wildcard the first one does.
 */
export function parsePathTemplate(text: string): PathTemplate {
  return new TemplateParser(text).parse();
}

const notInLiteral = /[^\w\-.~!$&'()*+,;=:@%\u0080-\u{10ffff}]|\p{Surrogate}/u;
const fieldName = /[A-Za-z_]\w*/y;

/** Reads one template from left to right: a cursor over its text, and what was read so far. */
class TemplateParser {
  readonly #text: string;
  readonly #segments: Segment[] = [];
  readonly #variables: PathVariable[] = [];
  readonly #names = new Set<string>();
  #verb = '';
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): PathTemplate {
    this.#expect('/');
    if (this.#atEnd() || this.#peek() === ':') {
      this.#segments.push({ kind: 'literal', value: '' });
      this.#readVerb();
    } else {
      do {
        if (this.#peek() === '{') this.#readVariable();
        else this.#readPlainSegment();
      } while (this.#skip('/'));
    }
    if (!this.#atEnd()) throw this.#fault("expected '/'");
    return { text: this.#text, segments: this.#segments, variables: this.#variables, verb: this.#verb };
  }

  #readVariable(): void {
    this.#expect('{');
    const start = this.#segments.length;
    const fieldPath = this.#readFieldPath();
    if (this.#skip('=')) {
      do {
        if (this.#peek() === '{') throw this.#fault('variable within a variable');
        this.#readSegment(this.#segmentEnd());
      } while (this.#skip('/'));
    } else {
      this.#segments.push({ kind: '*' });
    }
    this.#expect('}');
    const end = this.#segments.length;
    const multi = end - start > 1 || this.#segments[start]?.kind === '**';
    this.#variables.push({ fieldPath, start, end, multi });
    this.#readVerb();
  }

  #readFieldPath(): string[] {
    const start = this.#at;
    const fieldPath: string[] = [];
    do {
      fieldName.lastIndex = this.#at;
      const [name] = fieldName.exec(this.#text) ?? [];
      if (name === undefined) throw this.#fault('expected a field name');
      fieldPath.push(name);
      this.#at += name.length;
    } while (this.#skip('.'));
    const dotted = fieldPath.join('.');
    if (this.#names.has(dotted)) throw this.#fault(`second variable '${dotted}'`, start);
    this.#names.add(dotted);
    return fieldPath;
  }

  /** A segment outside of variables and, if it is the last one, its verb. */
  #readPlainSegment(): void {
    const end = this.#segmentEnd();
    const text = this.#text.slice(this.#at, end);
    const [wildcard] = /^\*\*?(?=:)/.exec(text) ?? [];
    const colon = end < this.#text.length ? -1 : (wildcard?.length ?? text.lastIndexOf(':'));
    if (colon < 0) {
      this.#readSegment(end);
    } else {
      this.#readSegment(this.#at + colon);
      this.#readVerb();
    }
  }

  #readSegment(end: number): void {
    const start = this.#at;
    if (end === start) throw this.#fault('expected a segment');
    const text = this.#text.slice(start, end);
    if (text === '**' && this.#segments.some((segment) => segment.kind === '**')) throw this.#fault("second '**'");
    this.#segments.push(
      text === '*' || text === '**' ? { kind: text } : { kind: 'literal', value: this.#literal(end) },
    );
    this.#at = end;
  }

  #readVerb(): void {
    if (!this.#skip(':')) return;
    const end = this.#segmentEnd();
    if (end === this.#at) throw this.#fault('expected a verb');
    this.#verb = this.#literal(end);
    this.#at = end;
    if (!this.#atEnd()) throw this.#fault('expected the end');
  }

  /** The decoded text from the cursor to `end`. */
  #literal(end: number): string {
    const text = this.#text.slice(this.#at, end);
    const stranger = notInLiteral.exec(text);
    if (stranger) throw this.#fault(`unexpected '${stranger[0].toWellFormed()}'`, this.#at + stranger.index);
    const badEscape = findBadEscape(text);
    if (badEscape >= 0) throw this.#fault("expected two hexadecimal digits after '%'", this.#at + badEscape);
    const bytes = Buffer.from(text).toString('latin1');
    if (!isUtf8Encoded(bytes)) throw this.#fault('expected escapes of UTF-8');
    return percentDecode(bytes);
  }

  /** Where the segment at the cursor ends: before what the grammar gives a meaning, or at the end of the template. */
  #segmentEnd(): number {
    const length = this.#text.slice(this.#at).search(/[/{}]/);
    return length < 0 ? this.#text.length : this.#at + length;
  }

  #atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #skip(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw this.#fault(`expected '${character}'`);
  }

  #fault(fault: string, at = this.#at): TemplateSyntaxError {
    return new TemplateSyntaxError(fault, at + 1);
  }
}
