import { connectionPreface, Flag, FrameType, frameHeaderBytes } from './frames.ts';

/** A gRPC message stands behind a flag and its length (PROTOCOL-HTTP2.md, Length-Prefixed-Message). */
export const messagePrefixBytes = 5;

/** Room that a buffer has at first. */
const initialBytes = 32 * 1024;
/** A buffer that has grown past this is not kept. */
const maxKeptBytes = 512 * 1024;

/** Puts frames one behind the other, to be sent with one write to the socket. */
export class FrameWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  #length = 0;
  /** Buffers that the socket is not done with. */
  readonly #busy: Buffer[] = [];
  #spare: Buffer | undefined;

  get length(): number {
    return this.#length;
  }

  /** What has been written; `release` must follow before more is. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** `sent`: nobody reads the bytes any more, nor any that were released before. Otherwise the socket still has them. */
  release(sent: boolean): void {
    this.#length = 0;
    if (sent) {
      this.#spare = this.#busy.pop() ?? this.#spare;
      this.#busy.length = 0;
    } else {
      this.#busy.push(this.#bytes);
    }
    if (sent && this.#bytes.length <= maxKeptBytes) return;
    this.#bytes = this.#spare ?? Buffer.allocUnsafeSlow(initialBytes);
    this.#spare = undefined;
  }

  preface(): void {
    this.#reserve(connectionPreface.length);
    this.#length += this.#bytes.write(connectionPreface, this.#length, 'latin1');
  }

  /** A header block, cut into HEADERS and as many CONTINUATION as it takes. */
  headers(streamId: number, block: Buffer, length: number, maxFrameBytes: number): void {
    let type: number = FrameType.HEADERS;
    let at = 0;
    do {
      const size = Math.min(length - at, maxFrameBytes);
      this.#frame(type, at + size === length ? Flag.END_HEADERS : Flag.NONE, streamId, size);
      block.copy(this.#bytes, this.#length, at, at + size);
      this.#length += size;
      at += size;
      type = FrameType.CONTINUATION;
    } while (at < length);
  }

  /** A DATA frame with `size` bytes of the message with its prefix, from `offset` on; the prefix counts. */
  messagePart(streamId: number, endStream: boolean, message: Uint8Array, offset: number, size: number): void {
    this.#frame(FrameType.DATA, endStream ? Flag.END_STREAM : Flag.NONE, streamId, size);
    let at = offset;
    const end = offset + size;
    for (; at < messagePrefixBytes && at < end; at++) this.#bytes[this.#length++] = prefixByte(message.length, at);
    if (at === end) return;
    const part = at === messagePrefixBytes && end - at === message.length;
    this.#bytes.set(part ? message : message.subarray(at - messagePrefixBytes, end - messagePrefixBytes), this.#length);
    this.#length += end - at;
  }

  endOfStream(streamId: number): void {
    this.#frame(FrameType.DATA, Flag.END_STREAM, streamId, 0);
  }

  reset(streamId: number, errorCode: number): void {
    this.#frame(FrameType.RST_STREAM, Flag.NONE, streamId, 4);
    this.#uint32(errorCode);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#frame(FrameType.WINDOW_UPDATE, Flag.NONE, streamId, 4);
    this.#uint32(increment);
  }

  settings(entries: readonly (readonly [identifier: number, value: number])[]): void {
    this.#frame(FrameType.SETTINGS, Flag.NONE, 0, entries.length * 6);
    for (const [identifier, value] of entries) {
      this.#bytes[this.#length++] = identifier >> 8;
      this.#bytes[this.#length++] = identifier;
      this.#uint32(value);
    }
  }

  settingsAck(): void {
    this.#frame(FrameType.SETTINGS, Flag.ACK, 0, 0);
  }

  /** Eight bytes of `payload` from `at` on. */
  ping(ack: boolean, payload: Buffer, at: number): void {
    this.#frame(FrameType.PING, ack ? Flag.ACK : Flag.NONE, 0, 8);
    this.#length += payload.copy(this.#bytes, this.#length, at, at + 8);
  }

  goAway(lastStreamId: number, errorCode: number, reason: string): void {
    const debug = Buffer.from(reason);
    this.#frame(FrameType.GOAWAY, Flag.NONE, 0, 8 + debug.length);
    this.#uint32(lastStreamId);
    this.#uint32(errorCode);
    this.#length += debug.copy(this.#bytes, this.#length);
  }

  #frame(type: number, flags: number, streamId: number, payloadBytes: number): void {
    this.#reserve(frameHeaderBytes + payloadBytes);
    this.#bytes[this.#length++] = payloadBytes >> 16;
    this.#bytes[this.#length++] = payloadBytes >> 8;
    this.#bytes[this.#length++] = payloadBytes;
    this.#bytes[this.#length++] = type;
    this.#bytes[this.#length++] = flags;
    this.#uint32(streamId);
  }

  #uint32(value: number): void {
    this.#bytes[this.#length++] = value >>> 24;
    this.#bytes[this.#length++] = value >>> 16;
    this.#bytes[this.#length++] = value >>> 8;
    this.#bytes[this.#length++] = value;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Not compressed (0), then the length in four bytes. */
function prefixByte(messageBytes: number, index: number): number {
  return index === 0 ? 0 : messageBytes >>> (8 * (4 - index));
}
