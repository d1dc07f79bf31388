import { ConnectionFault } from './connection-fault.ts';
import { FloodGuard } from './flood-guard.ts';
import type { FrameHandler } from './frame-reader.ts';
import { ErrorCode, Flag, FrameType, maxWindowBytes } from './frames.ts';
import { HeaderAssembler } from './header-assembler.ts';

/** Frames that have the right shape, whole header blocks, DATA as it comes. */
export interface FrameSink {
  onDataStart(streamId: number, flags: number, length: number): void;
  onDataBytes(chunk: Buffer, start: number, end: number): void;
  onDataEnd(): void;
  onHeaderBlock(streamId: number, endStream: boolean, chunk: Buffer, start: number, end: number): void;
  onReset(streamId: number, http2Code: number): void;
  onSettings(chunk: Buffer, start: number, end: number): void;
  /** Eight bytes from `start` on are to go back. */
  onPing(chunk: Buffer, start: number): void;
  onGoAway(lastStreamId: number, http2Code: number, debug: string): void;
  /** Stream 0: the connection. */
  onWindowUpdate(streamId: number, increment: number): void;
}

/** The longest debug text of GOAWAY that is passed on to the log. */
const maxDebugBytes = 200;

/** Holds every frame to the rules for its type (RFC 9113, section 6), throws ConnectionFault where one breaks them. */
export class FrameDispatch implements FrameHandler {
  readonly #sink: FrameSink;
  readonly #assembler = new HeaderAssembler();
  readonly #floodGuard = new FloodGuard();
  #settingsSeen = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  onDataStart(streamId: number, flags: number, length: number): void {
    this.#checkOrder(FrameType.DATA);
    onStream(streamId);
    if (length === 0 && (flags & Flag.END_STREAM) === 0) this.#floodGuard.count();
    this.#sink.onDataStart(streamId, flags, length);
  }

  onDataBytes(chunk: Buffer, start: number, end: number): void {
    this.#floodGuard.reset();
    this.#sink.onDataBytes(chunk, start, end);
  }

  onDataEnd(): void {
    this.#sink.onDataEnd();
  }

  onFrame(type: number, flags: number, streamId: number, chunk: Buffer, start: number, end: number): void {
    this.#checkOrder(type);
    switch (type) {
      case FrameType.HEADERS:
        onStream(streamId);
        this.#headers(flags, streamId, chunk, start, end);
        break;
      case FrameType.CONTINUATION:
        this.#continuation(flags, streamId, chunk, start, end);
        break;
      case FrameType.RST_STREAM:
        onStream(streamId);
        hasLength(end - start === 4);
        this.#floodGuard.count();
        this.#sink.onReset(streamId, chunk.readUInt32BE(start));
        break;
      case FrameType.SETTINGS:
        this.#settings(flags, streamId, chunk, start, end);
        break;
      case FrameType.PING:
        onConnection(streamId);
        hasLength(end - start === 8);
        this.#floodGuard.count();
        if ((flags & Flag.ACK) === 0) this.#sink.onPing(chunk, start);
        break;
      case FrameType.GOAWAY:
        onConnection(streamId);
        hasLength(end - start >= 8);
        this.#floodGuard.count();
        this.#goAway(chunk, start, end);
        break;
      case FrameType.WINDOW_UPDATE:
        hasLength(end - start === 4);
        this.#windowUpdate(streamId, chunk.readUInt32BE(start) & maxWindowBytes);
        break;
      case FrameType.PUSH_PROMISE:
        throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'PUSH_PROMISE, though push is off');
      case FrameType.PRIORITY:
        onStream(streamId);
        hasLength(end - start === 5);
        this.#floodGuard.count();
        break;
      default:
        // Unknown types are to be ignored (RFC 9113, section 5.5).
        this.#floodGuard.count();
    }
  }

  /** A header block was in order; `useful`: it brought a call on. */
  countHeaders(useful: boolean): void {
    if (useful) this.#floodGuard.reset();
    else this.#floodGuard.count();
  }

  #checkOrder(type: number): void {
    if (this.#assembler.underWay && type !== FrameType.CONTINUATION) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'a frame inside a header block');
    }
    if (!this.#settingsSeen && type !== FrameType.SETTINGS) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'the first frame is not SETTINGS');
    }
  }

  #headers(flags: number, streamId: number, chunk: Buffer, frameStart: number, frameEnd: number): void {
    let start = frameStart;
    let end = frameEnd;
    if (flags & Flag.PADDED) {
      hasLength(end > start);
      end -= chunk[start++] ?? 0;
    }
    if (flags & Flag.PRIORITY) start += 5;
    if (start > end) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'padding longer than the HEADERS frame');
    const endStream = (flags & Flag.END_STREAM) !== 0;
    if (flags & Flag.END_HEADERS) this.#sink.onHeaderBlock(streamId, endStream, chunk, start, end);
    else this.#assembler.begin(streamId, endStream, chunk, start, end);
  }

  #continuation(flags: number, streamId: number, chunk: Buffer, start: number, end: number): void {
    const complete = this.#assembler.continue(streamId, flags, chunk, start, end);
    if (complete === undefined) return;
    this.#sink.onHeaderBlock(streamId, complete.endStream, complete.block, 0, complete.block.length);
  }

  #settings(flags: number, streamId: number, chunk: Buffer, start: number, end: number): void {
    onConnection(streamId);
    this.#floodGuard.count();
    if (flags & Flag.ACK) {
      hasLength(start === end);
      return;
    }
    this.#settingsSeen = true;
    this.#sink.onSettings(chunk, start, end);
  }

  #goAway(chunk: Buffer, start: number, end: number): void {
    const debug = chunk.toString('latin1', start + 8, Math.min(end, start + 8 + maxDebugBytes));
    this.#sink.onGoAway(chunk.readUInt32BE(start) & 0x7fffffff, chunk.readUInt32BE(start + 4), debug);
  }

  #windowUpdate(streamId: number, increment: number): void {
    if (increment === 0) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'WINDOW_UPDATE of nothing');
    this.#sink.onWindowUpdate(streamId, increment);
  }
}

function onStream(streamId: number): void {
  if (streamId === 0) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'a frame that needs a stream');
}

function onConnection(streamId: number): void {
  if (streamId !== 0) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'a frame that has no stream');
}

function hasLength(holds: boolean): void {
  if (!holds) throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, 'a frame of the wrong length');
}
