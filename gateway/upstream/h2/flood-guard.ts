import { ConnectionFault } from './connection-fault.ts';
import { ErrorCode } from './frames.ts';

/** More than any server needs, and little work. */
const framesPerSecond = 1000;

/**
 * Ends a connection whose server sends frames in masses that carry nothing (PING, SETTINGS, empty DATA …). Between
 * answers they are no flood: Go's server measures the line with a PING for every few calls.
 */
export class FloodGuard {
  #second = 0;
  #frames = 0;

  /** Something of an answer arrived. */
  reset(): void {
    this.#frames = 0;
  }

  /** Counts one such frame. */
  count(): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#frames = 0;
    }
    this.#frames += 1;
    if (this.#frames > framesPerSecond)
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, 'a flood of empty frames');
  }
}
