import type { TestContext } from 'node:test';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type handleBidiStreamingCall, type MethodDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import {
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from '../../gen/grpc/reflection/v1/reflection_pb.ts';
import { createUpstream } from '../../upstream/create-upstream.ts';
import type { ReflectionTarget } from '../load-reflection.ts';

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse']>;
/** Bytes are sent as they are; several answers one after the other; nothing ends the call with OK. */
export type AnswerReflection = (
  request: ServerReflectionRequest,
) => Answer | Uint8Array | readonly Answer[] | undefined;

export interface ReflectionServer {
  readonly target: ReflectionTarget;
  /** host:port */
  readonly address: string;
  /** Questions in order: "v1: listServices *". */
  readonly asked: readonly string[];
}

/** A gRPC server with reflection of these versions, which stops with the test. */
export async function startReflectionServer(
  context: TestContext,
  versions: readonly string[],
  answerTo: AnswerReflection,
): Promise<ReflectionServer> {
  const server = new Server();
  const asked = addReflection(server, versions, answerTo);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const address = `127.0.0.1:${port}`;
  const upstream = createUpstream(address);
  context.after(async () => {
    await upstream.close(0);
    server.forceShutdown();
  });
  return { target: { name: 'server', upstream }, address, asked };
}

/** Adds reflection of these versions to a server. @returns the questions, as they come. */
export function addReflection(
  server: Server,
  versions: readonly string[],
  answerTo: AnswerReflection,
): readonly string[] {
  const asked: string[] = [];
  for (const version of versions) {
    const handler: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      call.on('error', () => undefined);
      call.on('end', () => call.end());
      call.on('data', (bytes: Buffer) => {
        const request = fromBinary(ServerReflectionRequestSchema, bytes);
        asked.push(`${version}: ${request.messageRequest.case} ${String(request.messageRequest.value)}`);
        const answer = answerTo(request);
        if (answer === undefined) call.end();
        else if (answer instanceof Uint8Array) call.write(Buffer.from(answer));
        else for (const each of Array.isArray(answer) ? answer : [answer]) call.write(encode(each));
      });
    };
    server.addService({ info: definition(version) }, { info: handler });
  }
  return asked;
}

export function notFound(errorMessage: string): Answer {
  return { case: 'errorResponse', value: { errorCode: status.NOT_FOUND, errorMessage } };
}

function encode(messageResponse: Answer): Buffer {
  return Buffer.from(
    toBinary(ServerReflectionResponseSchema, create(ServerReflectionResponseSchema, { messageResponse })),
  );
}

function definition(version: string): MethodDefinition<Buffer, Buffer> {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}
