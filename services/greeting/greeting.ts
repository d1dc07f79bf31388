import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** greeting.Greeting of proto/greeting/greeting.proto. */
export interface Greeting {
  readonly id: string;
  readonly service: string;
  readonly message: string;
  readonly created: string;
  readonly hostname: string;
}

export type GreetingRequest = Readonly<Record<string, never>>;

export interface GreetingResponse {
  readonly greeting: readonly Greeting[];
}

export function createGreeting(service: string, message: string): Greeting {
  return { id: randomUUID(), service, message, created: new Date().toISOString(), hostname: hostname() };
}
