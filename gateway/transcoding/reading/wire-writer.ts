const initialSize = 1 << 14;
/** A buffer that had to grow past this is not kept for the next message. */
const keptSize = 1 << 20;

/** The bits of NaN as Go writes them: the same answer byte for byte. */
const nan = 0x7ff8_0000_0000_0001n;

/** Protobuf wire bytes that grow at their end. */
export class WireWriter {
  bytes = Buffer.allocUnsafeSlow(initialSize);
  view = new DataView(this.bytes.buffer);
  position = 0;

  reset(): void {
    this.position = 0;
    if (this.bytes.length > keptSize) this.#use(Buffer.allocUnsafeSlow(initialSize));
  }

  /** A copy of all that was written. */
  finish(): Uint8Array {
    const wire = Buffer.allocUnsafe(this.position);
    this.bytes.copy(wire, 0, 0, this.position);
    return wire;
  }

  /** Room for `count` more bytes. Another buffer may be in `bytes` and `view` afterwards. */
  reserve(count: number): void {
    const size = this.position + count;
    if (size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(size, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.#use(grown);
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  /** A tag, a length or an unsigned number. */
  varint32(value: number): void {
    this.reserve(5);
    const { bytes } = this;
    let rest = value;
    while (rest > 0x7f) {
      bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.position++] = rest;
  }

  varint64(low: number, high: number): void {
    this.reserve(10);
    const { bytes } = this;
    let lower = low >>> 0;
    let upper = high >>> 0;
    while (upper !== 0 || lower > 0x7f) {
      bytes[this.position++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes[this.position++] = lower;
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.position, value, true);
    this.position += 4;
  }

  fixed64(low: number, high: number): void {
    this.reserve(8);
    this.view.setInt32(this.position, low, true);
    this.view.setInt32(this.position + 4, high, true);
    this.position += 8;
  }

  float(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.position, value, true);
    this.position += 4;
  }

  double(value: number): void {
    this.reserve(8);
    if (Number.isNaN(value)) this.view.setBigUint64(this.position, nan, true);
    else this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  ascii(text: string): void {
    this.reserve(text.length);
    this.position += this.bytes.write(text, this.position, 'latin1');
  }

  /** A character as UTF-8. */
  codePoint(code: number): void {
    if (code < 0x80) {
      this.byte(code);
      return;
    }
    this.reserve(4);
    this.position += this.bytes.write(String.fromCodePoint(code), this.position);
  }

  /** Begins a length-delimited value, for whose length it leaves `lengthSize` bytes. Returns what `endLength` wants. */
  beginLength(lengthSize: number): number {
    this.reserve(lengthSize);
    this.position += lengthSize;
    return this.position;
  }

  /** Ends a length-delimited value that was begun at `start`; moves it if its length needs more or fewer bytes. Returns how many. */
  endLength(start: number, lengthSize: number): number {
    const length = this.position - start;
    const needed = varintSize(length);
    if (needed !== lengthSize) {
      this.reserve(needed);
      this.bytes.copyWithin(start - lengthSize + needed, start, this.position);
    }
    this.position = start - lengthSize;
    this.varint32(length);
    this.position += length;
    return needed;
  }
}

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}
