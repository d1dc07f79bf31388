import { fieldBytes, type HeaderField } from './static-table.ts';

/** The dynamic table of a decoder (RFC 7541, section 2.3.2): a ring, the newest entry has index 0. */
export class DynamicTable {
  readonly #ring: (HeaderField | undefined)[];
  readonly #mask: number;
  #newest = 0;
  #count = 0;
  #bytes = 0;
  #maxBytes: number;

  constructor(maxBytes: number) {
    // An entry takes 32 bytes at least, so this many hold whatever fits.
    const slots = 2 ** Math.ceil(Math.log2(maxBytes / 32 + 1));
    this.#ring = new Array<HeaderField | undefined>(slots).fill(undefined);
    this.#mask = slots - 1;
    this.#maxBytes = maxBytes;
  }

  get(index: number): HeaderField | undefined {
    return index < this.#count ? this.#ring[(this.#newest - index) & this.#mask] : undefined;
  }

  /** An entry larger than the table empties it, and is not kept (section 4.4). */
  add(field: HeaderField): void {
    const bytes = fieldBytes(field[0], field[1]);
    this.#evict(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) return;
    this.#newest = (this.#newest + 1) & this.#mask;
    this.#ring[this.#newest] = field;
    this.#count += 1;
    this.#bytes += bytes;
  }

  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evict(maxBytes);
  }

  /** Drops the oldest entries until no more than so many bytes are left. */
  #evict(bytes: number): void {
    while (this.#bytes > bytes && this.#count > 0) {
      const oldest = (this.#newest - this.#count + 1) & this.#mask;
      const field = this.#ring[oldest];
      if (field !== undefined) this.#bytes -= fieldBytes(field[0], field[1]);
      this.#ring[oldest] = undefined;
      this.#count -= 1;
    }
  }
}
