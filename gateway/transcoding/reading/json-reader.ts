import { isUtf8 } from 'node:buffer';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { maxDepth } from '../codec.ts';
import { hexDigit, unescaped } from '../writing/json-escapes.ts';
import { jsonLine, jsonPath, jsonValueAt } from './json-position.ts';

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const backslash = 0x5c;
const letterU = 0x75;

/**
 * A position in JSON text (RFC 8259). Methods that read a value begin at its first byte and end behind it; white space is
 * passed by those that move on to the next value.
 */
export class JsonReader {
  bytes: Uint8Array = new Uint8Array();
  view = new DataView(this.bytes.buffer);
  position = 0;
  /** What was found in the open objects: a stack, for each a flag a field and a oneof (read-message.ts). */
  flags = new Uint8Array(512);
  flagCount = 0;
  /** By the position of the object. */
  readonly #typeKeys = new Map<number, number>();
  #depth = 0;
  #root = '';

  /** `root` is the path of the whole text, for errors; the reader stands at the first value then. */
  open(bytes: Uint8Array, root: string): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
    this.flagCount = 0;
    this.#depth = 0;
    this.#root = root;
    this.#typeKeys.clear();
    if (!isUtf8(bytes)) throw new StatusError(Code.INVALID_ARGUMENT, 'invalid JSON: the text is not valid UTF-8');
    this.peek();
  }

  /** Nothing may follow but white space. */
  finish(): void {
    this.peek();
    if (this.position < this.bytes.length) this.syntaxError();
  }

  fail(reason: string, at = this.position): never {
    const path = [this.#root, jsonPath(this.bytes, at)]
      .filter((part) => part !== '')
      .join('.')
      .replaceAll('.[', '[');
    throw new StatusError(Code.INVALID_ARGUMENT, path === '' ? reason : `${path}: ${reason}`);
  }

  /** Reads null. */
  readNull(): void {
    if (!this.word(words.null)) this.syntaxError();
  }

  /** The object at a position is an Any: its "@type" stands beside the fields of the packed message. */
  addAny(objectPosition: number, typeKeyPosition: number): void {
    this.#typeKeys.set(objectPosition, typeKeyPosition);
  }

  /** Whether a key that an object's message does not have is the "@type" of an Any. */
  isTypeKey(objectPosition: number, keyPosition: number): boolean {
    const known = this.#typeKeys.get(objectPosition);
    if (known === undefined || known === keyPosition) return known !== undefined;
    const after = this.position;
    this.position = keyPosition;
    if (this.text() === '@type') this.failAtKey('comes twice', keyPosition);
    this.position = after;
    return false;
  }

  /** A key is at fault: its value's path is given. */
  failAtKey(reason: string, at = this.position): never {
    this.position = at;
    this.skipString();
    return this.fail(reason, this.position);
  }

  /** null stands where there has to be a value. */
  refuseNull(): void {
    if (this.bytes[this.position] === words.null[0]) this.expected('a value');
  }

  /** The value is not what its field takes. */
  expected(what: string, at = this.position): never {
    if (!/["{[\-\dtfn]/.test(String.fromCharCode(this.bytes[at] ?? 0))) this.syntaxError(at);
    return this.fail(`expected ${what}, got ${jsonValueAt(this.bytes, at)}`, at);
  }

  syntaxError(at = this.position): never {
    const found = at < this.bytes.length ? `unexpected ${jsonValueAt(this.bytes, at)}` : 'unexpected end';
    throw new StatusError(Code.INVALID_ARGUMENT, `invalid JSON at ${jsonLine(this.bytes, at)}: ${found}`);
  }

  enter(): void {
    if (++this.#depth > maxDepth) this.fail(`nested more than ${maxDepth} levels deep`);
  }

  leave(): void {
    this.#depth--;
  }

  /** Room for `count` flags, all 0; returns the first. To be given back with `flagCount = …`. */
  takeFlags(count: number): number {
    const first = this.flagCount;
    this.flagCount = first + count;
    if (this.flagCount > this.flags.length) {
      const grown = new Uint8Array(Math.max(this.flagCount, this.flags.length * 2));
      grown.set(this.flags);
      this.flags = grown;
    }
    for (let i = first; i < this.flagCount; i++) this.flags[i] = 0;
    return first;
  }

  /** Passes white space; the byte there, 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let byte = bytes[this.position] ?? 0;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.position] ?? 0;
    return byte;
  }

  /** Moves to the first key of an object; false if it has none. */
  openObject(): boolean {
    this.position++;
    const byte = this.peek();
    if (byte === quote) return true;
    if (byte !== closeBrace) this.syntaxError();
    this.position++;
    return false;
  }

  /** Moves to the next key of an object, or behind it. */
  nextMember(): boolean {
    const { bytes, position } = this;
    // Without white space, as most JSON is.
    if (bytes[position] === comma && bytes[position + 1] === quote) {
      this.position = position + 1;
      return true;
    }
    const byte = this.peek();
    if (byte !== comma && byte !== closeBrace) this.syntaxError();
    this.position++;
    if (byte === closeBrace) return false;
    if (this.peek() !== quote) this.syntaxError();
    return true;
  }

  /** Moves from behind a key to its value; the value's first byte. */
  memberValue(): number {
    const { bytes, position } = this;
    const next = bytes[position + 1] ?? 0;
    if (bytes[position] === colon && next > 0x20) {
      this.position = position + 1;
      return next;
    }
    if (this.peek() !== colon) this.syntaxError();
    this.position++;
    return this.peek();
  }

  /** Moves to the first element of an array; false if it has none. */
  openArray(): boolean {
    this.position++;
    if (this.peek() !== closeBracket) return true;
    this.position++;
    return false;
  }

  /** Moves to the next element of an array, or behind it. */
  nextElement(): boolean {
    const byte = this.peek();
    if (byte !== comma && byte !== closeBracket) this.syntaxError();
    this.position++;
    if (byte === closeBracket) return false;
    this.peek();
    return true;
  }

  /** Reads one of the words true, false and null, if it is there. */
  word(word: Uint8Array): boolean {
    const { bytes, position } = this;
    for (let i = 0; i < word.length; i++) if (bytes[position + i] !== word[i]) return false;
    this.position = position + word.length;
    return true;
  }

  /** Passes a string; true if it has escapes. */
  skipString(): boolean {
    const { bytes } = this;
    let escaped = false;
    for (let i = this.position + 1; ; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === quote) {
        this.position = i + 1;
        return escaped;
      }
      if (byte < 0x20) this.syntaxError(i);
      if (byte !== backslash) continue;
      escaped = true;
      i++;
      const kind = bytes[i] ?? 0;
      if (unescaped(kind) === 0) this.syntaxError(i);
      if (kind === letterU) {
        this.codeUnit(i + 1);
        i += 4;
      }
    }
  }

  /** A UTF-16 code unit of four hexadecimal digits. */
  codeUnit(at: number): number {
    let unit = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = hexDigit(this.bytes[i] ?? 0);
      if (digit < 0) this.syntaxError(i);
      unit = unit * 16 + digit;
    }
    return unit;
  }

  /** A string as text. */
  text(): string {
    const start = this.position;
    const escaped = this.skipString();
    const end = this.position;
    const { buffer, byteOffset } = this.bytes;
    if (!escaped) return Buffer.from(buffer, byteOffset + start + 1, end - start - 2).toString();
    const text = String(JSON.parse(Buffer.from(buffer, byteOffset + start, end - start).toString()));
    return text.isWellFormed() ? text : this.fail('a string has half of a surrogate pair', start);
  }

  /** Passes a value of any kind. */
  skipValue(): void {
    switch (this.peek()) {
      case quote:
        this.skipString();
        break;
      case openBrace:
        this.enter();
        for (let more = this.openObject(); more; more = this.nextMember()) {
          this.skipString();
          this.memberValue();
          this.skipValue();
        }
        this.leave();
        break;
      case openBracket:
        this.enter();
        for (let more = this.openArray(); more; more = this.nextElement()) this.skipValue();
        this.leave();
        break;
      default:
        this.#skipPlain();
    }
  }

  #skipPlain(): void {
    if (this.word(words.true) || this.word(words.false) || this.word(words.null)) return;
    this.numberText();
  }

  /** A number as text. */
  numberText(): string {
    const start = this.position;
    let end = start;
    while (isNumberByte(this.bytes[end] ?? 0)) end++;
    const text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('latin1');
    if (!isNumber(text)) this.syntaxError();
    this.position = end;
    return text;
  }
}

/** The words of JSON. */
export const words = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') } as const;

/** Whether text is a JSON number. */
export function isNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
}
