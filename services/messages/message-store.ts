import type { Greeting } from '../greeting/greeting.ts';

/** Where a service keeps greetings: MongoDB in a cluster, a file on one machine. */
export interface MessageStore {
  /** Makes sure that the store can be reached. */
  open(): Promise<void>;
  /** Resolves once all of the greetings are kept durably. One whose id is there already changes nothing. */
  insert(greetings: readonly Greeting[]): Promise<void>;
  close(): Promise<void>;
}
