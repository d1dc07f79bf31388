/** Of a value that is quoted in an error, at most this many bytes are shown. */
const shownBytes = 40;

const newline = 0x0a;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const backslash = 0x5c;

/**
 * Where in a JSON text a position is: "inner.tags[2]". Reads the text from its beginning again, so that reading it the first
 * time need not keep account. A position at a member's key is in the object around it.
 */
export function jsonPath(text: Uint8Array, position: number): string {
  /** For each open array the index, for each open object where its last key begins, or -1. */
  const steps: { isArray: boolean; at: number }[] = [];
  for (let i = 0; i < position; i++) {
    const last = steps.at(-1);
    switch (text[i]) {
      case openBrace:
        steps.push({ isArray: false, at: -1 });
        break;
      case openBracket:
        steps.push({ isArray: true, at: 0 });
        break;
      case closeBrace:
      case closeBracket:
        steps.pop();
        break;
      case comma:
        if (last !== undefined) last.at = last.isArray ? last.at + 1 : -1;
        break;
      case quote:
        if (last !== undefined && !last.isArray && last.at < 0) last.at = i;
        i = stringEnd(text, i) - 1;
        break;
    }
  }
  return steps
    .map(({ isArray, at }) => (isArray ? `[${at}]` : keyStep(text, at)))
    .join('')
    .replace(/^\./, '');
}

/** What stands at a position where something else was expected, for an error: `"x"`, `12`, `an object`. */
export function jsonValueAt(text: Uint8Array, position: number): string {
  const first = text[position];
  if (first === openBrace) return 'an object';
  if (first === openBracket) return 'an array';
  let end = position;
  if (first === quote) end = stringEnd(text, position);
  else while (end < text.length && isWordByte(text[end] ?? 0)) end++;
  if (end === position) return JSON.stringify(String.fromCharCode(first ?? 0));
  const shown = Buffer.from(text.subarray(position, Math.min(end, position + shownBytes))).toString();
  return end > position + shownBytes ? `${shown}…` : shown;
}

/** "line 2, column 7", columns in bytes. */
export function jsonLine(text: Uint8Array, position: number): string {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < position; i++) {
    if (text[i] === newline) {
      line++;
      lineStart = i + 1;
    }
  }
  return `line ${line}, column ${position - lineStart + 1}`;
}

/** `.name` or `["any key"]`, cut where it is too long. */
function keyStep(text: Uint8Array, at: number): string {
  if (at < 0) return '';
  const key = String(JSON.parse(Buffer.from(text.subarray(at, stringEnd(text, at))).toString()));
  return /^[\w$]{1,100}$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 100))}]`;
}

function stringEnd(text: Uint8Array, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === quote) return i + 1;
    if (text[i] === backslash) i++;
  }
  return text.length;
}

function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== comma && byte !== colon && byte !== closeBrace && byte !== closeBracket;
}
