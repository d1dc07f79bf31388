import fc, { type GeneratorValue } from 'fast-check';

/** Choices of a property test, one after the other; fast-check shrinks them. */
export class RandomChoice {
  readonly #generate: GeneratorValue;

  constructor(generate: GeneratorValue) {
    this.#generate = generate;
  }

  integer(min: number, max: number): number {
    return this.#generate(fc.integer, { min, max });
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.integer(1, times) === times;
  }

  /** One of the values, of which there is at least one. */
  pick<const T>(values: readonly T[]): T {
    const [picked] = values.slice(this.integer(0, values.length - 1));
    if (picked === undefined) throw new Error('nothing to choose from');
    return picked;
  }

  array<T>(maxLength: number, create: (index: number) => T): T[] {
    return Array.from({ length: this.integer(0, maxLength) }, (_, index) => create(index));
  }

  shuffle<T>(values: readonly T[]): T[] {
    return this.#generate(fc.shuffledSubarray<T>, [...values], { minLength: values.length });
  }

  bigint(): bigint {
    return this.#generate(fc.bigInt, { min: -(2n ** 63n), max: 2n ** 63n - 1n });
  }

  double(): number {
    return this.#generate(fc.double);
  }

  float(): number {
    return this.#generate(fc.float);
  }

  text(): string {
    return this.#generate(fc.string, { unit: 'binary', maxLength: 40 });
  }

  bytes(maxLength: number): Uint8Array {
    return this.#generate(fc.uint8Array, { maxLength });
  }

  /** The bytes with a few of them changed, cut off, doubled or left out. */
  mutate(bytes: Uint8Array): Uint8Array {
    let mutated = Uint8Array.from(bytes);
    for (let i = this.integer(1, 3); i > 0; i--) {
      const at = this.integer(0, Math.max(0, mutated.length - 1));
      const parts = {
        change: () => [mutated.subarray(0, at), [this.integer(0, 255)], mutated.subarray(at + 1)],
        cut: () => [mutated.subarray(0, at)],
        double: () => [mutated, mutated.subarray(at)],
        drop: () => [mutated.subarray(0, at), mutated.subarray(at + 1)],
      }[this.pick(['change', 'change', 'cut', 'double', 'drop'])]();
      mutated = Uint8Array.from(parts.flatMap((part) => [...part]));
    }
    return mutated;
  }
}
