/**
 * Numbers as decimal text, written into a buffer. What is called `at` is a position in it; each function returns the one
 * behind what it wrote, and may overwrite up to three bytes more: there has to be room for them.
 */

const minus = 0x2d;
const point = 0x2e;
const zeros = 0x30_30_30;

/** Three digits of each number below 1000, as little-endian words: with zeros in front, and without them. */
const padded = Int32Array.from({ length: 1000 }, (_, value) => {
  const hundreds = Math.trunc(value / 100);
  const tens = Math.trunc(value / 10) % 10;
  return zeros + hundreds + tens * 0x100 + (value % 10) * 0x1_0000;
});
const short = padded.map((word, value) => word >> (value < 10 ? 16 : value < 100 ? 8 : 0));

/** A whole number within ±2^53; takes up to 17 bytes. */
export function writeInteger(out: DataView, at: number, value: number): number {
  if (value >= 0 && value < 1e9) return writeBelowThousandMillions(out, at, value | 0);
  if (value < 0) {
    out.setUint8(at, minus);
    return writeInteger(out, at + 1, -value);
  }
  const thousandMillions = Math.floor(value / 1e9);
  return writeNineDigits(out, writeInteger(out, at, thousandMillions), value - thousandMillions * 1e9);
}

function writeBelowThousandMillions(out: DataView, at: number, value: number): number {
  if (value < 1000) return writeBelowThousand(out, at, value);
  const thousands = (value / 1000) | 0;
  let next = at;
  if (thousands < 1000) next = writeBelowThousand(out, at, thousands);
  else {
    const millions = (thousands / 1000) | 0;
    next = writeBelowThousand(out, at, millions);
    out.setInt32(next, padded[thousands - millions * 1000] ?? 0, true);
    next += 3;
  }
  out.setInt32(next, padded[value - thousands * 1000] ?? 0, true);
  return next + 3;
}

function writeBelowThousand(out: DataView, at: number, value: number): number {
  out.setInt32(at, short[value] ?? 0, true);
  return at + (value < 10 ? 1 : value < 100 ? 2 : 3);
}

/** A number below 10^9 with zeros in front. */
function writeNineDigits(out: DataView, at: number, value: number): number {
  const thousands = Math.floor(value / 1000);
  const millions = Math.floor(thousands / 1000);
  out.setInt32(at, padded[millions] ?? 0, true);
  out.setInt32(at + 3, padded[thousands - millions * 1000] ?? 0, true);
  out.setInt32(at + 6, padded[value - thousands * 1000] ?? 0, true);
  return at + 9;
}

/**
 * A number of at most nine digits before the point and six after it, as JavaScript writes it; -1 for any other. Takes up to 17
 * bytes.
 *
 * A decimal of at most 15 digits is the shortest text of the double that is nearest to it, and dividing its digits by a power
 * of ten gives that double, since both are exact: so if the quotient is the value again, these are its digits.
 */
export function writeShortDecimal(out: DataView, at: number, value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < 1e9) || Object.is(value, -0)) return -1;
  const whole = Math.floor(magnitude);
  const thousandths = Math.round(magnitude * 1e3);
  const millionths = thousandths / 1e3 === magnitude ? thousandths * 1e3 : Math.round(magnitude * 1e6);
  if (millionths / 1e6 !== magnitude) return -1;
  let next = at;
  if (value < 0) out.setUint8(next++, minus);
  next = writeBelowThousandMillions(out, next, whole);
  const fraction = millionths - whole * 1e6;
  if (fraction === 0) return next;
  out.setUint8(next++, point);
  const upper = (fraction / 1000) | 0;
  const lower = fraction - upper * 1000;
  out.setInt32(next, padded[upper] ?? 0, true);
  if (lower === 0) return next + significantDigits(upper);
  out.setInt32(next + 3, padded[lower] ?? 0, true);
  return next + 3 + significantDigits(lower);
}

/** How many of a number's three digits are left without the zeros at its end. */
function significantDigits(value: number): number {
  if (value % 10 !== 0) return 3;
  return value % 100 === 0 ? 1 : 2;
}
