import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { Code, codeName } from '../../gateway/status/code.ts';
import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { Metrics } from './metrics.ts';
import { identityOf } from './trace-headers.ts';

/** One access line and one count for every call, whichever way it ends. Probes of health are lines at debug only. */
export function recordCalls(access: Logger, metrics: Metrics): ServerInterceptor {
  return (method, call) => {
    const started = performance.now();
    const [, service = '', name = ''] = method.path.split('/');
    const level = service.startsWith('grpc.health.') ? 'debug' : 'info';
    let identity: object = {};
    let recorded = false;
    const record = (code: number): void => {
      if (recorded) return;
      recorded = true;
      const durationMs = Math.round((performance.now() - started) * 1000) / 1000;
      metrics.callsHandled.inc({ grpc_service: service, grpc_method: name, grpc_code: codeName(code) });
      access[level](
        { method: method.path, code: codeName(code), durationMs, ...identity },
        `${name} ${codeName(code)}`,
      );
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata: Metadata, next) => {
        identity = identityOf(metadata);
        next(metadata);
      })
      // Comes at the end of every call; alone when the caller left or grpc-js itself ended a call past its deadline.
      .withOnCancel(() => record(Number(call.getDeadline()) <= Date.now() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED))
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        record(status.code ?? Code.UNKNOWN);
        next(status);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
