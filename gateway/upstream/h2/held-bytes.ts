/** What arrived for a paused call, in one buffer: many small frames must not cost an object each. */
export class HeldBytes {
  #bytes = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  add(chunk: Buffer, start: number, end: number): void {
    const size = end - start;
    if (this.#end + size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * (this.length + size), 4096));
      this.#bytes.copy(larger, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.#end, start, end);
    this.#end += size;
  }

  /** Hands the bytes to `read`, which gives the position up to which it has taken them; the count of those. */
  read(read: (chunk: Buffer, start: number, end: number) => number): number {
    const start = this.#start;
    this.#start = read(this.#bytes, start, this.#end);
    return this.#start - start;
  }
}
