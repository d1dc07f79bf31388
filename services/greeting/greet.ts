import type { MethodDefinition } from '@grpc/grpc-js';
import { codeName } from '../../gateway/status/code.ts';
import { StatusError } from '../../gateway/status/status-error.ts';
import type { Downstream } from '../kit/downstream.ts';
import type { Metrics } from '../kit/metrics.ts';
import type { CallContext, UnaryHandler } from '../kit/unary.ts';
import { createGreeting, type Greeting, type GreetingRequest, type GreetingResponse } from './greeting.ts';
import { addMissing, missingOf } from './missing-services.ts';

export interface GreetOptions {
  readonly service: string;
  readonly message: string;
  /** greeting.GreetingService.Greeting, as the callees serve it. */
  readonly method: MethodDefinition<object, object>;
  /** In the order of their answers. */
  readonly callees: readonly Downstream[];
  /** Takes the service's own greeting to where it is kept: must neither wait nor throw. */
  readonly keep: (greeting: Greeting, context: CallContext) => void;
  readonly metrics: Metrics;
}

interface Part {
  readonly greetings: readonly Greeting[];
  readonly missing: readonly string[];
}

/**
 * The greeting of one service, then those of its callees, which are all called at once. A callee that fails or is late
 * costs its part only; the answer's metadata names it, and those that were missing further down.
 */
export function greetHandler(options: GreetOptions): UnaryHandler<GreetingRequest, GreetingResponse> {
  const { service, message, callees, keep } = options;
  return async (_request, context) => {
    const own = createGreeting(service, message);
    keep(own, context);
    const parts = await Promise.all(callees.map((callee) => askCallee(callee, context, options)));
    addMissing(
      context.answerHeaders,
      parts.flatMap(({ missing }) => missing),
    );
    return { greeting: [own, ...parts.flatMap(({ greetings }) => greetings)] };
  };
}

async function askCallee(callee: Downstream, context: CallContext, { method, metrics }: GreetOptions): Promise<Part> {
  try {
    const { message, headers } = await callee.call<GreetingRequest, GreetingResponse>(method, {}, context);
    return { greetings: message.greeting, missing: missingOf(headers) };
  } catch (error) {
    // Nobody waits for the answer any more: the callee has not failed.
    if (!context.signal.aborted) {
      const { code, message } = StatusError.from(error);
      metrics.calleeFailures.inc({ callee: callee.name, grpc_code: codeName(code) });
      context.log.warn({ callee: callee.name, code: codeName(code) }, `${callee.name} is missing: ${message}`);
    }
    return { greetings: [], missing: [callee.name] };
  }
}
