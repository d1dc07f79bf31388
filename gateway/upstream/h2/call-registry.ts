/** A call under way; a link of the registry's lists. */
export interface RegisteredCall {
  /** Set and used by the registry. */
  registrySlot: number;
  registryTick: number;
  registryPrevious: RegisteredCall | undefined;
  registryNext: RegisteredCall | undefined;
  onDeadline(): void;
  cancel(): void;
}

const tickMs = 10;
const slotCount = 512;
/** Calls without a deadline lie in a slot of their own. */
const endlessSlot = slotCount;
const noSlot = -1;

/**
 * All calls of an upstream, and their deadlines by one timer: adding and removing cost a few assignments and no
 * allocation, where a timer and a place in a set cost objects each. Deadlines come up to a tick late, never early. A
 * hashed timing wheel (Varghese and Lauck, 1987): a call lies in the slot of its tick, modulo the number of slots.
 */
export class CallRegistry {
  readonly #slots: (RegisteredCall | undefined)[] = new Array<RegisteredCall | undefined>(slotCount + 1).fill(
    undefined,
  );
  #size = 0;
  /** The last tick that has been served. */
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#size;
  }

  /** `deadline`: milliseconds as of `performance.now`, Infinity: none. `now` is the time at hand. */
  add(call: RegisteredCall, now: number, deadline: number): void {
    if (this.#timer === undefined) {
      this.#tick = Math.floor(now / tickMs);
      this.#timer = setInterval(() => this.#serve(performance.now()), tickMs);
    }
    const tick = Math.ceil(deadline / tickMs);
    const slot = tick === Number.POSITIVE_INFINITY ? endlessSlot : tick % slotCount;
    const first = this.#slots[slot];
    call.registrySlot = slot;
    call.registryTick = tick;
    call.registryPrevious = undefined;
    call.registryNext = first;
    if (first !== undefined) first.registryPrevious = call;
    this.#slots[slot] = call;
    this.#size += 1;
  }

  /** Does nothing where the call is not registered. */
  remove(call: RegisteredCall): void {
    if (call.registrySlot === noSlot) return;
    const { registryPrevious: previous, registryNext: next } = call;
    if (previous === undefined) this.#slots[call.registrySlot] = next;
    else previous.registryNext = next;
    if (next !== undefined) next.registryPrevious = previous;
    call.registrySlot = noSlot;
    call.registryPrevious = undefined;
    call.registryNext = undefined;
    this.#size -= 1;
  }

  all(): RegisteredCall[] {
    return this.#slots.flatMap((_, slot) => this.#inSlot(slot, Number.POSITIVE_INFINITY));
  }

  #serve(now: number): void {
    if (this.#size === 0) {
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
    for (const call of this.#inSlot(slot, current)) {
      // One that an earlier one's end has ended as well is gone.
      if (call.registrySlot === noSlot) continue;
      this.remove(call);
      call.onDeadline();
    }
  }

  #inSlot(slot: number, upToTick: number): RegisteredCall[] {
    const calls: RegisteredCall[] = [];
    for (let call = this.#slots[slot]; call !== undefined; call = call.registryNext) {
      if (call.registryTick <= upToTick) calls.push(call);
    }
    return calls;
  }
}
