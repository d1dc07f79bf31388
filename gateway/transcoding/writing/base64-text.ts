const digits = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const padding = 0x3d;

/** Writes bytes as base64 with padding (RFC 4648, section 4); returns the position behind it. */
export function writeBase64(out: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number {
  let next = at;
  for (let i = start; i < end; i += 3) {
    const bits =
      ((bytes[i] ?? 0) << 16) |
      ((i + 1 < end ? (bytes[i + 1] ?? 0) : 0) << 8) |
      (i + 2 < end ? (bytes[i + 2] ?? 0) : 0);
    out[next] = digits[bits >> 18] ?? 0;
    out[next + 1] = digits[(bits >> 12) & 63] ?? 0;
    out[next + 2] = i + 1 < end ? (digits[(bits >> 6) & 63] ?? 0) : padding;
    out[next + 3] = i + 2 < end ? (digits[bits & 63] ?? 0) : padding;
    next += 4;
  }
  return next;
}
