/** Up to this many keys are compared each with each, which is faster than a hash table of texts. */
const fewKeys = 8;

/** Where the keys of one map stand in a buffer, to find equal ones. */
export class KeyRanges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(start: number, end: number): void {
    this.#starts.push(start);
    this.#ends.push(end);
  }

  /** Index of the first key that is equal to one before it; -1 if there is none. */
  duplicate(bytes: Buffer): number {
    if (this.#starts.length <= fewKeys) return this.#starts.findIndex((_, index) => this.#isAmongEarlier(bytes, index));
    const texts = new Set<string>();
    return this.#starts.findIndex((_, index) => {
      const text = this.#text(bytes, index);
      const isDuplicate = texts.has(text);
      texts.add(text);
      return isDuplicate;
    });
  }

  /** For each key the index of the last one that is equal to it. */
  lastOfEach(bytes: Buffer): ReadonlySet<number> {
    return new Set(new Map(this.#starts.map((_, index) => [this.#text(bytes, index), index])).values());
  }

  #text(bytes: Buffer, index: number): string {
    return bytes.toString('latin1', this.#starts[index], this.#ends[index]);
  }

  #isAmongEarlier(bytes: Buffer, index: number): boolean {
    const start = this.#starts[index] ?? 0;
    const length = (this.#ends[index] ?? 0) - start;
    for (let i = 0; i < index; i++) {
      const other = this.#starts[i] ?? 0;
      if ((this.#ends[i] ?? 0) - other === length && isEqual(bytes, start, other, length)) return true;
    }
    return false;
  }
}

function isEqual(bytes: Uint8Array, start: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[other + i]) return false;
  return true;
}
