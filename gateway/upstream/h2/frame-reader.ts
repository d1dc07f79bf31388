import { ConnectionFault } from './connection-fault.ts';
import { defaultMaxFrameBytes, ErrorCode, Flag, FrameType, frameHeaderBytes } from './frames.ts';

/** Takes frames as they arrive. Buffers and positions hold for the time of the call only. */
export interface FrameHandler {
  /** A DATA frame begins; `length` counts all of its payload, padding included, as flow control does. */
  onDataStart(streamId: number, flags: number, length: number): void;
  /** Bytes of its data, in as many pieces as they arrive in; never none. */
  onDataBytes(chunk: Buffer, start: number, end: number): void;
  onDataEnd(): void;
  /** Any other frame, whole: its payload is `chunk` from `start` to `end`. */
  onFrame(type: number, flags: number, streamId: number, chunk: Buffer, start: number, end: number): void;
}

/**
 * Cuts a stream of bytes into frames (RFC 9113, section 4.1). DATA passes through as it arrives; other frames, if they
 * come in pieces, are put together in one small buffer, so that what a server can make it hold is one frame.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  /** A header or payload of which a part is still to come, and how much of it is there. */
  readonly #partial = Buffer.allocUnsafeSlow(defaultMaxFrameBytes);
  #partialBytes = 0;
  #inPayload = false;
  #type = 0;
  #flags = 0;
  #streamId = 0;
  /** Bytes of the payload: all of them, or of DATA those to come, without padding. */
  #payloadBytes = 0;
  #paddingBytes = 0;
  #expectsPadLength = false;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Throws ConnectionFault where the server broke the rules; nothing may be read after that. */
  read(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      if (!this.#inPayload) at = this.#readHeader(chunk, at, length);
      else if (this.#type === FrameType.DATA) at = this.#readData(chunk, at, length);
      else at = this.#readPayload(chunk, at, length);
    }
  }

  #readHeader(chunk: Buffer, start: number, length: number): number {
    if (this.#partialBytes === 0 && length - start >= frameHeaderBytes) {
      this.#beginFrame(chunk, start);
      return start + frameHeaderBytes;
    }
    const at = this.#collect(chunk, start, length, frameHeaderBytes);
    if (this.#partialBytes === frameHeaderBytes) {
      this.#partialBytes = 0;
      this.#beginFrame(this.#partial, 0);
    }
    return at;
  }

  #beginFrame(header: Buffer, at: number): void {
    const length = header.readUIntBE(at, 3);
    if (length > defaultMaxFrameBytes) {
      throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, `a frame of ${length} bytes`);
    }
    this.#type = header[at + 3] ?? 0;
    this.#flags = header[at + 4] ?? 0;
    this.#streamId = header.readUInt32BE(at + 5) & 0x7fffffff;
    this.#payloadBytes = length;
    this.#inPayload = true;
    if (this.#type === FrameType.DATA) {
      this.#expectsPadLength = (this.#flags & Flag.PADDED) !== 0;
      this.#paddingBytes = 0;
      if (this.#expectsPadLength && length === 0) {
        throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, 'a padded DATA frame without its pad length');
      }
      this.#handler.onDataStart(this.#streamId, this.#flags, length);
      if (length === 0) this.#endData();
    } else if (length === 0) {
      this.#inPayload = false;
      this.#handler.onFrame(this.#type, this.#flags, this.#streamId, header, at, at);
    }
  }

  #readData(chunk: Buffer, start: number, length: number): number {
    let at = start;
    if (this.#expectsPadLength) {
      this.#expectsPadLength = false;
      this.#paddingBytes = chunk[at++] ?? 0;
      this.#payloadBytes -= 1 + this.#paddingBytes;
      if (this.#payloadBytes < 0) {
        throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'padding longer than the DATA frame');
      }
    }
    const dataEnd = Math.min(length, at + this.#payloadBytes);
    if (dataEnd > at) {
      this.#payloadBytes -= dataEnd - at;
      this.#handler.onDataBytes(chunk, at, dataEnd);
    }
    const paddingEnd = Math.min(length, dataEnd + (this.#payloadBytes === 0 ? this.#paddingBytes : 0));
    this.#paddingBytes -= paddingEnd - dataEnd;
    if (this.#payloadBytes === 0 && this.#paddingBytes === 0) this.#endData();
    return paddingEnd;
  }

  #endData(): void {
    this.#inPayload = false;
    this.#handler.onDataEnd();
  }

  #readPayload(chunk: Buffer, start: number, length: number): number {
    if (this.#partialBytes === 0 && length - start >= this.#payloadBytes) {
      const end = start + this.#payloadBytes;
      this.#inPayload = false;
      this.#handler.onFrame(this.#type, this.#flags, this.#streamId, chunk, start, end);
      return end;
    }
    const at = this.#collect(chunk, start, length, this.#payloadBytes);
    if (this.#partialBytes === this.#payloadBytes) {
      this.#partialBytes = 0;
      this.#inPayload = false;
      this.#handler.onFrame(this.#type, this.#flags, this.#streamId, this.#partial, 0, this.#payloadBytes);
    }
    return at;
  }

  /** Adds to the partial until it holds `wanted` bytes; gives the position after what was taken. */
  #collect(chunk: Buffer, start: number, length: number, wanted: number): number {
    const end = Math.min(length, start + wanted - this.#partialBytes);
    chunk.copy(this.#partial, this.#partialBytes, start, end);
    this.#partialBytes += end - start;
    return end;
  }
}
