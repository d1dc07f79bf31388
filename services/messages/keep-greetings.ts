import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { Greeting } from '../greeting/greeting.ts';
import type { Metrics } from '../kit/metrics.ts';
import { toRecord } from '../kit/trace-headers.ts';
import type { CallContext } from '../kit/unary.ts';
import type { ServiceRow } from '../table.ts';
import { BufferedWriter } from './buffered-writer.ts';
import type { Consumption, MessageQueue, QueueMessage } from './message-queue.ts';
import type { MessageStore } from './message-store.ts';
import { reportWrites } from './report-writes.ts';
import { retryDelay } from './retry-delay.ts';
import { storeQueued, toMessage } from './store-queued.ts';

/** Everything that a row says of queue and store, running. */
export interface Keeping {
  /** Takes a greeting to where the row says; at once, whatever state queue and store are in. */
  keep(greeting: Greeting, context: CallContext): void;
  /** Resolves once queue and store were reached and consuming has begun; keeps trying until `signal` ends it. */
  start(signal: AbortSignal): Promise<void>;
  close(limitMs: number): Promise<void>;
}

export function keepGreetings(
  row: ServiceRow,
  queue: MessageQueue,
  store: MessageStore,
  log: Logger,
  metrics: Metrics,
): Keeping {
  const published = row.publishes
    ? new BufferedWriter<QueueMessage>({
        ...reportWrites('queue', log, metrics),
        write: (batch) => queue.publish(batch),
      })
    : undefined;
  const stored = row.stores
    ? new BufferedWriter<Greeting>({ ...reportWrites('store', log, metrics), write: (batch) => store.insert(batch) })
    : undefined;
  let consumption: Consumption | undefined;

  return {
    keep: (greeting, context) => {
      published?.offer(toMessage(greeting, toRecord(context.trace)));
      stored?.offer(greeting);
    },
    start: async (signal) => {
      const needed = [...(row.publishes || row.consumes ? [queue] : []), ...(row.stores ? [store] : [])];
      for (let failures = 0; !signal.aborted; ) {
        try {
          for (const each of needed) await each.open();
          if (row.consumes) consumption = storeQueued(queue, store, log, metrics);
          return;
        } catch (error) {
          failures += 1;
          log.warn({ err: error }, 'not ready: queue or store cannot be opened');
          await pause(retryDelay(failures), undefined, { signal }).catch(() => undefined);
        }
      }
    },
    close: async (limitMs) => {
      await consumption?.stop();
      await Promise.all([published?.close(limitMs), stored?.close(limitMs)]);
      await queue.close();
      await store.close();
    },
  };
}
