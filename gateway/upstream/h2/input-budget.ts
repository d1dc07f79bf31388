import { ReceiveWindow } from './receive-window.ts';

/** What one stream may have under way towards this side, and so what a paused call holds at most. */
export const streamWindowBytes = 256 * 1024;
/** The same for all streams of a connection. */
export const connectionWindowBytes = 4 * 1024 * 1024;
/** With more than this held by paused calls the whole connection waits for them: memory has a bound. */
const maxHeldBytes = 32 * 1024 * 1024;

/**
 * The receive window of a connection. Its bytes are given back as they arrive, whatever becomes of them, so that a
 * paused call holds up no other; only when paused calls hold very much in all they are withheld.
 */
export class InputBudget {
  readonly #window = new ReceiveWindow(connectionWindowBytes);
  #heldBytes = 0;
  #withheldBytes = 0;

  /** Counts bytes that arrived; false: the server sent more than it may. */
  take(bytes: number): boolean {
    this.#withheldBytes += bytes;
    return this.#window.take(bytes);
  }

  /** Paused calls hold so many bytes more, or fewer. */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
  }

  /** The increment for a WINDOW_UPDATE that is due, or 0. */
  giveBack(): number {
    if (this.#heldBytes > maxHeldBytes) return 0;
    const bytes = this.#withheldBytes;
    this.#withheldBytes = 0;
    return this.#window.giveBack(bytes);
  }
}
