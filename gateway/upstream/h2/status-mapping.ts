import { Code } from '../../status/code.ts';
import { localStatus } from '../local-status.ts';
import { parseStatusDetails } from '../status-details.ts';
import type { CallStatus } from '../upstream.ts';
import { ErrorCode } from './frames.ts';
import type { HeaderBlock } from './header-block.ts';

const plainOk: CallStatus = { code: Code.OK, message: '', details: [], trailers: [] };

/** The status in trailers, or in headers that are all of the answer; `httpStatus` decides where grpc-status is missing. */
export function statusOf(block: HeaderBlock, httpStatus: string): CallStatus {
  if (block.grpcStatus === undefined) {
    return httpStatus === '200'
      ? localStatus(Code.UNKNOWN, 'the upstream ended the call without a gRPC status')
      : httpStatusToStatus(httpStatus);
  }
  if (block.grpcStatus === '0' && block.grpcMessage === undefined && block.metadata.length === 0) return plainOk;
  return {
    code: /^\d{1,9}$/.test(block.grpcStatus) ? Number(block.grpcStatus) : Code.UNKNOWN,
    message: decodeMessage(block.grpcMessage ?? ''),
    details: block.grpcStatusDetails === undefined ? [] : parseStatusDetails(block.grpcStatusDetails),
    trailers: block.metadata,
  };
}

/** grpc-message is percent-encoded UTF-8; what is not is taken as it stands (PROTOCOL-HTTP2.md, Status-Message). */
function decodeMessage(message: string): string {
  if (!message.includes('%')) return message;
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
export function httpStatusToStatus(httpStatus: string): CallStatus {
  return localStatus(
    httpStatusCodes.get(httpStatus) ?? Code.UNKNOWN,
    `the upstream answered with HTTP status ${httpStatus}, not with gRPC`,
  );
}

const httpStatusCodes: ReadonlyMap<string, number> = new Map([
  ['400', Code.INTERNAL],
  ['401', Code.UNAUTHENTICATED],
  ['403', Code.PERMISSION_DENIED],
  ['404', Code.UNIMPLEMENTED],
  ['429', Code.UNAVAILABLE],
  ['502', Code.UNAVAILABLE],
  ['503', Code.UNAVAILABLE],
  ['504', Code.UNAVAILABLE],
]);

/** PROTOCOL-HTTP2.md, HTTP2 Transport Mapping, Errors: what RST_STREAM without a gRPC status means. */
export function resetToStatus(http2Code: number): CallStatus {
  return localStatus(
    resetCodes.get(http2Code) ?? Code.INTERNAL,
    `the upstream reset the call (HTTP/2 code ${http2Code})`,
  );
}

const resetCodes: ReadonlyMap<number, number> = new Map([
  [ErrorCode.REFUSED_STREAM, Code.UNAVAILABLE],
  [ErrorCode.CANCEL, Code.CANCELLED],
  [ErrorCode.ENHANCE_YOUR_CALM, Code.RESOURCE_EXHAUSTED],
  [ErrorCode.INADEQUATE_SECURITY, Code.PERMISSION_DENIED],
]);
