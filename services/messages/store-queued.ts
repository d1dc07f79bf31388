import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { Greeting } from '../greeting/greeting.ts';
import type { Metrics } from '../kit/metrics.ts';
import { identityOfRecord } from '../kit/trace-headers.ts';
import type { Consumption, MessageQueue, QueueMessage } from './message-queue.ts';
import type { MessageStore } from './message-store.ts';

/** Takes greetings from the queue into the store; they leave the queue only once they are stored. */
export function storeQueued(
  queue: Pick<MessageQueue, 'consume'>,
  store: Pick<MessageStore, 'insert'>,
  log: Logger,
  metrics: Metrics,
): Consumption {
  const storeBatch = async (messages: readonly QueueMessage[]): Promise<void> => {
    const received = messages.flatMap((message) => {
      const greeting = parseGreeting(message.body);
      if (greeting !== undefined) return [{ greeting, identity: identityOfRecord(message.headers) }];
      metrics.messagesDropped.inc({ to: 'store' });
      log.error(identityOfRecord(message.headers), 'a message of the queue is not a greeting; it is lost');
      return [];
    });
    await store.insert(received.map(({ greeting }) => greeting));
    metrics.messagesWritten.inc({ to: 'store' }, received.length);
    for (const { greeting, identity } of received) {
      log.info({ greeting: greeting.id, from: greeting.service, ...identity }, 'stored a greeting from the queue');
    }
  };
  const reportFailure = (error: unknown): void => {
    metrics.messageFailures.inc({ to: 'store' });
    log.warn({ err: error }, 'greetings stay in the queue: it or the store fails');
  };
  return queue.consume(storeBatch, reportFailure);
}

export function toMessage(greeting: Greeting, headers: Readonly<Record<string, string>>): QueueMessage {
  return { body: JSON.stringify(greeting), headers };
}

function parseGreeting(body: string): Greeting | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return isGreeting(value) ? value : undefined;
}

function isGreeting(value: unknown): value is Greeting {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Partial<Record<string, unknown>> = { ...value };
  return ['id', 'service', 'message', 'created', 'hostname'].every((name) => typeof fields[name] === 'string');
}
