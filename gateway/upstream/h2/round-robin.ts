import type { Address } from './connect-socket.ts';
import { addressText } from './connect-socket.ts';
import type { Connection } from './connection.ts';
import type { ConnectivityState, Subchannel } from './subchannel.ts';

/** Spreads calls over all addresses of a target, in turn over those that are connected. */
export class RoundRobin {
  readonly #create: (address: Address) => Subchannel;
  #subchannels = new Map<string, Subchannel>();
  #turns: readonly Subchannel[] = [];
  #next = 0;

  constructor(create: (address: Address) => Subchannel) {
    this.#create = create;
  }

  /** As the best of all subchannels (https://github.com/grpc/grpc/blob/master/doc/load-balancing.md). */
  get state(): ConnectivityState {
    const states = this.#turns.map(({ state }) => state);
    if (states.includes('ready')) return 'ready';
    if (states.includes('connecting')) return 'connecting';
    return states.includes('idle') || states.length === 0 ? 'idle' : 'failing';
  }

  /** New addresses are connected to; those that are gone get no new calls. */
  update(addresses: readonly Address[]): void {
    const before = this.#subchannels;
    this.#subchannels = new Map();
    for (const address of addresses) {
      const key = addressText(address);
      this.#subchannels.set(key, before.get(key) ?? this.#subchannels.get(key) ?? this.#create(address));
    }
    this.#turns = [...this.#subchannels.values()];
    for (const [key, subchannel] of before) if (!this.#subchannels.has(key)) subchannel.close();
    this.connect();
  }

  pick(): Connection | undefined {
    const turns = this.#turns;
    for (let i = 0; i < turns.length; i++) {
      this.#next = this.#next + 1 < turns.length ? this.#next + 1 : 0;
      const connection = turns[this.#next]?.pick();
      if (connection !== undefined) return connection;
    }
    return undefined;
  }

  connect(): void {
    for (const subchannel of this.#turns) subchannel.connect();
  }

  expand(): void {
    for (const subchannel of this.#turns) subchannel.expand();
  }

  destroy(reason: string): void {
    for (const subchannel of this.#turns) subchannel.destroy(reason);
  }
}
