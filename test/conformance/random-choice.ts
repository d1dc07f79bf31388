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
}
