import { ConnectionFault } from './connection-fault.ts';
import { ErrorCode, Flag } from './frames.ts';
import { maxHeaderListBytes } from './header-block.ts';

/** A block in more pieces than this is made to cost time, not to carry headers. */
const maxContinuations = 64;

export interface AssembledBlock {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly block: Buffer;
}

/** Puts a header block together that came as HEADERS and CONTINUATION (RFC 9113, section 6.10). */
export class HeaderAssembler {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #streamId = 0;
  #endStream = false;

  /** Between HEADERS and the end of its block no other frame may come. */
  get underWay(): boolean {
    return this.#streamId !== 0;
  }

  begin(streamId: number, endStream: boolean, chunk: Buffer, start: number, end: number): void {
    this.#streamId = streamId;
    this.#endStream = endStream;
    this.#add(chunk, start, end);
  }

  /** One CONTINUATION; gives the block once it is complete. */
  continue(streamId: number, flags: number, chunk: Buffer, start: number, end: number): AssembledBlock | undefined {
    if (this.#streamId === 0 || streamId !== this.#streamId) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'CONTINUATION out of place');
    }
    this.#add(chunk, start, end);
    if ((flags & Flag.END_HEADERS) === 0) return undefined;
    const complete = { streamId, endStream: this.#endStream, block: Buffer.concat(this.#pieces) };
    this.#pieces = [];
    this.#bytes = 0;
    this.#streamId = 0;
    return complete;
  }

  #add(chunk: Buffer, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes > maxHeaderListBytes || this.#pieces.length > maxContinuations) {
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, 'a header block without end');
    }
    this.#pieces.push(Buffer.from(chunk.subarray(start, end)));
  }
}
