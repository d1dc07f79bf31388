/** What the server may still send (RFC 9113, section 5.2), and what is to be given back to it. */
export class ReceiveWindow {
  readonly #bytes: number;
  #available: number;
  #unreturned = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#available = bytes;
  }

  /** Counts bytes that arrived; false: the server sent more than it may. */
  take(bytes: number): boolean {
    this.#available -= bytes;
    return this.#available >= 0;
  }

  /**
   * Gives bytes back that are done with. The result, if not 0, is the increment for a WINDOW_UPDATE: half a window is
   * collected first, so that small answers cost no such frame at all.
   */
  giveBack(bytes: number): number {
    this.#unreturned += bytes;
    if (this.#unreturned < this.#bytes / 2) return 0;
    const increment = this.#unreturned;
    this.#available += increment;
    this.#unreturned = 0;
    return increment;
  }
}
