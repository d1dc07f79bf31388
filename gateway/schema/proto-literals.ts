import { ProtoSyntaxError, type Token } from './proto-tokens.ts';

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};
const piece =
  /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})|([abfnrtv\\'"?]))|(\\)|[^\\]+/g;

/** The bytes that adjacent string literals stand for, escapes undone. */
export function stringBytes(tokens: readonly Token[]): Uint8Array {
  return Buffer.concat(tokens.map(bytesOf));
}

/** As `stringBytes`, for a string that must be UTF-8. */
export function stringText(tokens: readonly Token[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(stringBytes(tokens));
  } catch (error) {
    if (error instanceof ProtoSyntaxError) throw error;
    throw new ProtoSyntaxError('a string that is not UTF-8', tokens[0]?.start ?? 0);
  }
}

function bytesOf(token: Token): Uint8Array {
  const parts = [...token.text.slice(1, -1).matchAll(piece)].map(([text, octal, hex, short, long, simple, bad]) => {
    if (bad !== undefined) throw new ProtoSyntaxError('an escape that does not exist in a string', token.start);
    if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8) & 255);
    if (hex !== undefined) return Buffer.of(Number.parseInt(hex, 16));
    const point = short ?? long;
    if (point !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(point, 16)));
    return simple === undefined ? Buffer.from(text) : Buffer.of(simpleEscapes[simple] ?? 0);
  });
  return Buffer.concat(parts);
}

/** Bytes as FieldDescriptorProto.default_value writes them: printable ASCII, everything else escaped in C's way. */
export function escapeBytes(bytes: Uint8Array): string {
  const named: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 39: "\\'", 92: '\\\\' };
  return Array.from(bytes, (byte) => {
    if (named[byte] !== undefined) return named[byte];
    return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}
