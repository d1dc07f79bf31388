const escapes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const index = '"\\/bfnrtu'.indexOf(String.fromCharCode(byte));
  return '"\\/\b\f\n\r\tu'.charCodeAt(index) || 0;
});

/** What a byte after a backslash stands for, itself for `u`; 0 if it may not follow one. */
export function unescaped(byte: number): number {
  return escapes[byte] ?? 0;
}

/** The value of a hexadecimal digit; -1 for any other byte. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
