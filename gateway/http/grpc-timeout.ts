import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';

const millisecondsOf: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000001,
};

/**
 * Milliseconds of a Grpc-Timeout header: at most eight digits and a unit, not zero
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Timeout"). Throws INVALID_ARGUMENT.
 */
export function parseGrpcTimeout(text: string): number {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  const amount = Number(match?.[1]);
  const unit = millisecondsOf[match?.[2] ?? ''];
  if (unit === undefined || !(amount > 0)) {
    throw new StatusError(Code.INVALID_ARGUMENT, `invalid Grpc-Timeout: "${text.slice(0, 50)}"`);
  }
  return amount * unit;
}
