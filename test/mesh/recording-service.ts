import { type Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { loadServices } from '../../services/kit/proto-services.ts';

/** One call as it arrived. */
export interface RecordedCall {
  readonly metadata: Metadata;
  /** Milliseconds that the caller left for the answer. */
  readonly remainingMs: number;
  readonly cancelled: () => boolean;
  /** Sends the answer: one greeting of Service H. */
  answer(): void;
}

/** Stands in for a service at the far end of the tree. */
export async function startRecordingService(onCall: (call: RecordedCall) => void): Promise<{
  readonly address: string;
  close(): void;
}> {
  const definition = loadServices(['greeting/greeting.proto'])('greeting.GreetingService');
  const server = new Server();
  server.addService(definition, {
    Greeting: (call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => {
      const greeting = { id: 'recorded', service: 'Service H', message: '', created: '', hostname: '' };
      onCall({
        metadata: call.metadata,
        remainingMs: Number(call.getDeadline()) - Date.now(),
        cancelled: () => call.cancelled,
        answer: () => answer(null, { greeting: [greeting] }),
      });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
