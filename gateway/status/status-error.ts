import { Code } from './code.ts';

/** One entry of google.rpc.Status.details: a packed google.protobuf.Any. */
export interface StatusDetail {
  /** "type.googleapis.com/google.rpc.BadRequest" */
  readonly typeUrl: string;
  /** Wire bytes of the message that the URL names. */
  readonly value: Uint8Array;
}

export interface StatusErrorOptions {
  readonly details?: readonly StatusDetail[];
  /** What went wrong underneath; logged, never shown to a client. */
  readonly cause?: unknown;
  /** HTTP status where it is not the one of the code (404, 405, 413 …). */
  readonly httpStatus?: number;
  /** Response headers that belong to the error (Allow of a 405). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one error of the gateway: what a client sees is its code, message and details (google.rpc.Status). */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  readonly details: readonly StatusDetail[];
  readonly httpStatus: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: number, message: string, options: StatusErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
    this.httpStatus = options.httpStatus;
    this.headers = options.headers;
  }

  /** Anything thrown becomes a StatusError; what is not one already says nothing to the client but "internal error". */
  static from(thrown: unknown): StatusError {
    return thrown instanceof StatusError ? thrown : new StatusError(Code.INTERNAL, 'internal error', { cause: thrown });
  }
}
