/** The canonical gRPC status codes (https://github.com/grpc/grpc/blob/master/doc/statuscodes.md). */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type Code = (typeof Code)[keyof typeof Code];

const names = Object.keys(Code);

/** "NOT_FOUND" for 5; a number that gRPC does not define is given back as text. */
export function codeName(code: number): string {
  return names[code] ?? String(code);
}

/** Indexed by code; the comments of google/rpc/code.proto name the HTTP status of each. */
const httpStatuses: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

/** The HTTP status that answers a gRPC code (google/rpc/code.proto); 500 for a code that does not exist. */
export function httpStatusOf(code: number): number {
  return httpStatuses[code] ?? 500;
}
