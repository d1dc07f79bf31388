/** Something that ends at its time; a link of the wheel's lists. */
export interface WheelEntry {
  /** Set and used by the wheel. */
  wheelTick: number;
  wheelPrevious: WheelEntry | undefined;
  wheelNext: WheelEntry | undefined;
  onDeadline(): void;
}

const tickMs = 10;
const slotCount = 512;

/**
 * Deadlines of many calls by one timer: adding and removing cost a few assignments and no allocation, where a timer a
 * call costs an object each. Ends come up to a tick late, never early. A hashed timing wheel (Varghese and Lauck, 1987):
 * an entry lies in the slot of its tick, modulo the number of slots.
 */
export class DeadlineWheel {
  readonly #slots: (WheelEntry | undefined)[] = new Array<WheelEntry | undefined>(slotCount).fill(undefined);
  #entries = 0;
  /** The last tick that has been served. */
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `now` and `at` are milliseconds as of `performance.now`. */
  add(entry: WheelEntry, now: number, at: number): void {
    if (this.#timer === undefined) {
      this.#tick = Math.floor(now / tickMs);
      this.#timer = setInterval(() => this.#serve(performance.now()), tickMs);
    }
    entry.wheelTick = Math.ceil(at / tickMs);
    const slot = entry.wheelTick % slotCount;
    const first = this.#slots[slot];
    entry.wheelPrevious = undefined;
    entry.wheelNext = first;
    if (first !== undefined) first.wheelPrevious = entry;
    this.#slots[slot] = entry;
    this.#entries += 1;
  }

  /** Does nothing where the entry is not in the wheel. */
  remove(entry: WheelEntry): void {
    if (entry.wheelTick === 0) return;
    const { wheelPrevious: previous, wheelNext: next } = entry;
    if (previous === undefined) this.#slots[entry.wheelTick % slotCount] = next;
    else previous.wheelNext = next;
    if (next !== undefined) next.wheelPrevious = previous;
    entry.wheelTick = 0;
    entry.wheelPrevious = undefined;
    entry.wheelNext = undefined;
    this.#entries -= 1;
  }

  #serve(now: number): void {
    if (this.#entries === 0) {
      // Idle for a whole tick: between calls that follow each other closely the timer stays.
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const current = Math.floor(now / tickMs);
    // After a long stop of the event loop one turn of the wheel passes every slot.
    this.#tick = Math.max(this.#tick, current - slotCount);
    while (this.#tick < current) {
      this.#tick += 1;
      this.#serveSlot(this.#tick % slotCount, current);
    }
  }

  #serveSlot(slot: number, current: number): void {
    const expired: WheelEntry[] = [];
    for (let entry = this.#slots[slot]; entry !== undefined; entry = entry.wheelNext) {
      if (entry.wheelTick <= current) expired.push(entry);
    }
    for (const entry of expired) {
      // One that has been removed by an earlier one's end is not in the wheel any more.
      if (entry.wheelTick === 0) continue;
      this.remove(entry);
      entry.onDeadline();
    }
  }
}
