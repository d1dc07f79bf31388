import { Counter, collectDefaultMetrics, Registry } from 'prom-client';

/** What a service counts; `registry.metrics()` is the text for Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  readonly callsHandled: Counter<'grpc_service' | 'grpc_method' | 'grpc_code'>;
  readonly calleeFailures: Counter<'callee' | 'grpc_code'>;
  readonly messagesWritten: Counter<'to'>;
  readonly messageFailures: Counter<'to'>;
  readonly messagesDropped: Counter<'to'>;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    callsHandled: new Counter({
      name: 'grpc_server_handled_total',
      help: 'Calls completed, by service, method and status code.',
      labelNames: ['grpc_service', 'grpc_method', 'grpc_code'],
      registers,
    }),
    calleeFailures: new Counter({
      name: 'greeting_callee_failures_total',
      help: 'Calls to callees that failed or were late, by callee and status code.',
      labelNames: ['callee', 'grpc_code'],
      registers,
    }),
    messagesWritten: new Counter({
      name: 'greeting_messages_written_total',
      help: 'Greetings that reached the queue or the store.',
      labelNames: ['to'],
      registers,
    }),
    messageFailures: new Counter({
      name: 'greeting_message_failures_total',
      help: 'Failed attempts to reach the queue or the store; each is tried again.',
      labelNames: ['to'],
      registers,
    }),
    messagesDropped: new Counter({
      name: 'greeting_messages_dropped_total',
      help: 'Greetings that never reached the queue or the store.',
      labelNames: ['to'],
      registers,
    }),
  };
}
