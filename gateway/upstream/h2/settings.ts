import { ConnectionFault } from './connection-fault.ts';
import { defaultMaxFrameBytes, defaultWindowBytes, ErrorCode, maxWindowBytes } from './frames.ts';

/** Identifiers of settings (RFC 9113, section 6.5.2). */
export const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

/** What the server has asked for so far. */
export class ServerSettings {
  headerTableBytes = 4096;
  maxConcurrentStreams = Number.POSITIVE_INFINITY;
  initialWindowBytes = defaultWindowBytes;
  maxFrameBytes = defaultMaxFrameBytes;

  /** Takes the payload of one SETTINGS frame. */
  apply(chunk: Buffer, start: number, end: number): void {
    if ((end - start) % 6 !== 0) throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, 'SETTINGS of odd length');
    for (let at = start; at < end; at += 6) this.#set(chunk.readUInt16BE(at), chunk.readUInt32BE(at + 2));
  }

  #set(identifier: number, value: number): void {
    switch (identifier) {
      case Setting.HEADER_TABLE_SIZE:
        this.headerTableBytes = value;
        break;
      case Setting.ENABLE_PUSH:
        if (value !== 0) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'a server cannot enable push');
        break;
      case Setting.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > maxWindowBytes) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, 'initial window too large');
        this.initialWindowBytes = value;
        break;
      case Setting.MAX_FRAME_SIZE:
        if (value < defaultMaxFrameBytes || value > 0xffffff) {
          throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'frame size out of bounds');
        }
        this.maxFrameBytes = value;
        break;
      default:
      // MAX_HEADER_LIST_SIZE is advice; identifiers that are not known are to be ignored.
    }
  }
}
