import type { ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import { Code } from '../../gateway/status/code.ts';
import type { Logger } from '../../gateway/telemetry/logger.ts';
import type { OpenStreams } from './open-streams.ts';
import { findDescriptors, type ReflectionRequest, type ReflectionSource } from './reflection-answer.ts';
import type { Served } from './server.ts';

type ReflectionStream = ServerDuplexStream<ReflectionRequest, object>;

/**
 * Server reflection, whose two versions differ in the name of their package alone.
 * @param loadSource called by the first stream: few services are ever asked, and none should start later for it
 */
export function serveReflection(
  definition: ServiceDefinition,
  loadSource: () => Promise<ReflectionSource>,
  streams: OpenStreams,
  log: Logger,
): Served {
  const info = (stream: ReflectionStream): void => {
    streams.add(stream);
    loadSource().then(
      (source) => answerStream(stream, source),
      (error: unknown) => {
        log.error({ err: error }, 'reflection is not available');
        stream.emit('error', { code: Code.INTERNAL, details: 'internal error' });
      },
    );
  };
  return { definition, handlers: { ServerReflectionInfo: info } };
}

function answerStream(stream: ReflectionStream, source: ReflectionSource): void {
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
}
