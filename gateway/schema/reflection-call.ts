import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from '../gen/grpc/reflection/v1/reflection_pb.ts';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { Call, Upstream } from '../upstream/upstream.ts';

export interface Question {
  readonly case: 'listServices' | 'fileContainingSymbol' | 'fileByFilename';
  readonly value: string;
}

interface Asked {
  resolve(response: ServerReflectionResponse): void;
  reject(error: StatusError): void;
}

/** Versions of the service, the one to ask first in front; their messages are the same on the wire. */
export const reflectionVersions = ['v1', 'v1alpha'] as const;

/** One ServerReflectionInfo call: questions are asked one after the other. */
export class ReflectionCall {
  readonly #call: Call;
  #asked: Asked | undefined;
  /** Why no more questions are answered. */
  #ended: StatusError | undefined;

  constructor(upstream: Upstream, version: (typeof reflectionVersions)[number], timeoutMs: number) {
    this.#call = upstream.start(
      {
        path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        metadata: [],
        timeoutMs,
        idempotent: true,
      },
      {
        onHeaders: () => undefined,
        onMessage: (message) => this.#onMessage(message),
        onStatus: ({ code, message }) =>
          this.#fail(
            code === Code.OK
              ? new StatusError(Code.UNKNOWN, 'the server ended the call')
              : new StatusError(code, message),
          ),
      },
    );
  }

  /** Rejects with a StatusError: that of the call, or that of the server's error_response. */
  async ask(messageRequest: Question): Promise<ServerReflectionResponse['messageResponse']> {
    const ended = this.#ended;
    if (ended !== undefined) throw ended;
    const question = toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, { messageRequest }));
    const { messageResponse } = await new Promise<ServerReflectionResponse>((resolve, reject) => {
      this.#asked = { resolve, reject };
      this.#call.send(question);
    });
    if (messageResponse.case !== 'errorResponse') return messageResponse;
    throw new StatusError(messageResponse.value.errorCode, messageResponse.value.errorMessage);
  }

  close(): void {
    this.#call.end();
  }

  #onMessage(message: Uint8Array): void {
    const asked = this.#asked;
    this.#asked = undefined;
    try {
      if (asked === undefined) throw new StatusError(Code.INTERNAL, 'an answer that was not asked for');
      asked.resolve(fromBinary(ServerReflectionResponseSchema, message));
    } catch (error) {
      const failure =
        error instanceof StatusError ? error : new StatusError(Code.INTERNAL, 'an answer that is no message');
      asked?.reject(failure);
      this.#fail(failure);
      this.#call.cancel();
    }
  }

  #fail(error: StatusError): void {
    this.#ended ??= error;
    this.#asked?.reject(this.#ended);
    this.#asked = undefined;
  }
}
