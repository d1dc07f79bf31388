import { isUtf8 } from 'node:buffer';

const percent = 0x25;
const slash = 0x2f;

/** Whether percentDecode changes the text: it has an escape, or characters outside of ASCII. */
export function isEncoded(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === percent || code > 0x7f) return true;
  }
  return false;
}

/** Where the first '%' stands that two hexadecimal digits do not follow; -1 if there is none. */
export function findBadEscape(text: string): number {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3)) {
    if (hexValue(text.charCodeAt(at + 1)) < 0 || hexValue(text.charCodeAt(at + 2)) < 0) return at;
  }
  return -1;
}

/** Whether text without bad escapes is UTF-8 once decoded. Its characters are bytes, as in IncomingMessage.url. */
export function isUtf8Encoded(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return false;
  return isUtf8(decodeBytes(text, false));
}

/** Undoes the percent-encoding of text for which isUtf8Encoded holds. */
export function percentDecode(text: string): string {
  return isEncoded(text) ? decodeBytes(text, false).toString() : text;
}

/** The same, but "%2F" and "%2f" are left unchanged (http.proto: variables of several segments). */
export function percentDecodeExceptSlash(text: string): string {
  return isEncoded(text) ? decodeBytes(text, true).toString() : text;
}

function decodeBytes(text: string, keepSlash: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let byte = text.charCodeAt(at);
    if (byte === percent) {
      const value = hexValue(text.charCodeAt(at + 1)) * 16 + hexValue(text.charCodeAt(at + 2));
      if (value !== slash || !keepSlash) {
        byte = value;
        at += 2;
      }
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** The value of a hexadecimal digit, given by its character code; -1 if it is none. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
