import type { ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import type { OpenStreams } from './open-streams.ts';
import { findDescriptors, type ReflectionRequest, type ReflectionSource } from './reflection-answer.ts';
import type { Served } from './server.ts';

type ReflectionStream = ServerDuplexStream<ReflectionRequest, object>;

/** Server reflection, whose two versions differ in the name of their package alone. */
export function serveReflection(definition: ServiceDefinition, source: ReflectionSource, streams: OpenStreams): Served {
  const info = (stream: ReflectionStream): void => {
    streams.add(stream);
    stream.on('data', (request: ReflectionRequest) => {
      const found = findDescriptors(request, source);
      const answer =
        'fault' in found
          ? { error_response: { error_code: found.fault.code, error_message: found.fault.message } }
          : found;
      const hasRoom = stream.write({ valid_host: request.host, original_request: request, ...answer });
      // A client that asks and does not read waits for itself.
      if (!hasRoom) {
        stream.pause();
        stream.once('drain', () => stream.resume());
      }
    });
    stream.on('end', () => stream.end());
  };
  return { definition, handlers: { ServerReflectionInfo: info } };
}
