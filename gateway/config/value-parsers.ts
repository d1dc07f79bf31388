import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What a parser makes of a text: its value, or what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };

export type Parser<T> = (text: string) => Parsed<T>;

/** Every text but the empty one. */
export const text: Parser<string> = (value) => (value === '' ? { fault: 'is empty' } : { value });

export const onOrOff: Parser<boolean> = (value) => {
  if (['on', 'true', 'yes', '1'].includes(value)) return { value: true };
  if (['off', 'false', 'no', '0'].includes(value)) return { value: false };
  return { fault: `${quote(value)} is not "on" or "off"` };
};

export function oneOf<const T extends string>(...choices: readonly T[]): Parser<T> {
  return (value) => {
    const choice = choices.find((each) => each === value);
    return choice === undefined ? { fault: `${quote(value)} is not one of ${choices.join(', ')}` } : { value: choice };
  };
}

export function integer(least: number, most: number): Parser<number> {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most
      ? { value: number }
      : { fault: `${quote(value)} is not a whole number from ${least} to ${most}` };
  };
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest delay of a timer (2^31 - 1 ms): longer ones would end at once. */
const longestDelay = 2_147_483_647;

/** "500ms", "1.5s", "1m", "2h" → milliseconds; "0" is none. */
export const duration: Parser<number> = (value) => {
  if (value === '0') return { value: 0 };
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
  const result = Math.round(Number(amount) * (milliseconds[unit] ?? Number.NaN));
  if (Number.isNaN(result)) return { fault: `${quote(value)} is not a duration such as 500ms, 10s or 1m` };
  return result > longestDelay ? { fault: `${quote(value)} is more than 596h` } : { value: result };
};

const bytesOf: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1000 ** 2,
  MiB: 1024 ** 2,
  GB: 1000 ** 3,
  GiB: 1024 ** 3,
};

/** "65536", "512KiB", "4MiB", "1GB" → bytes, at least 1 and at most 2 GiB - 1 (the largest protobuf message). */
export const byteSize: Parser<number> = (value) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([kMGK]i?B|B)?$/.exec(value) ?? [];
  const result = Math.round(Number(amount) * (bytesOf[unit ?? ''] ?? Number.NaN));
  if (Number.isNaN(result)) return { fault: `${quote(value)} is not a size such as 65536, 512KiB or 4MiB` };
  return result >= 1 && result < 2 ** 31 ? { value: result } : { fault: `${quote(value)} is not from 1B to 2GiB` };
};

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** "127.0.0.1:8080", "[::1]:8080", "localhost:0" (any free port). */
export const address: Parser<Address> = (value) => {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  return host === undefined || Number(port) > 65_535
    ? { fault: `${quote(value)} is not host:port, such as 127.0.0.1:8080` }
    : { value: { host, port: Number(port) } };
};

/** "*" or "https://app.example.com": what a browser sends as Origin. */
export const origin: Parser<string> = (value) =>
  value === '*' || (URL.canParse(value) && new URL(value).origin === value)
    ? { value }
    : { fault: `${quote(value)} is not an origin such as https://app.example.com, nor *` };

/** "/healthz", or "off" → undefined. */
export const pathOrOff: Parser<string | undefined> = (value) => {
  if (value === 'off') return { value: undefined };
  return /^(?:\/[\w.~-]+)+$/.test(value)
    ? { value }
    : { fault: `${quote(value)} is not a path such as /status, nor off` };
};

/** Header-Name of the gRPC protocol (PROTOCOL-HTTP2.md, "Custom-Metadata"). */
export const metadataKey: Parser<string> = (value) =>
  /^[0-9a-z_.-]+$/.test(value)
    ? { value }
    : { fault: `${quote(value)} is not a metadata key: lower-case letters, digits, "_", "-" and "."` };

export interface HeaderMapping {
  readonly metadata: string;
  readonly header: string;
}

/** "etag=ETag": a metadata key and the HTTP header (RFC 9110, 5.6.2 token) that its value is sent as. */
export const headerMapping: Parser<HeaderMapping> = (value) => {
  const [, metadata, header] = /^([0-9a-z_.-]+)=([\w!#$%&'*+.^`|~-]+)$/.exec(value) ?? [];
  return metadata === undefined || header === undefined
    ? { fault: `${quote(value)} is not KEY=Header-Name, such as etag=ETag` }
    : { value: { metadata, header } };
};

/** A file's path → PEM of the certificates in it. */
export const certificateFile: Parser<Buffer> = (path) =>
  pemFile(path, 'a certificate', (content) => new X509Certificate(content));

/** A file's path → PEM of the private key in it. */
export const keyFile: Parser<Buffer> = (path) => pemFile(path, 'a private key', createPrivateKey);

function pemFile(path: string, what: string, parse: (content: Buffer) => unknown): Parsed<Buffer> {
  let value: Buffer;
  try {
    value = readFileSync(path);
  } catch (thrown) {
    return { fault: `${quote(path)} cannot be read (${systemCode(thrown)})` };
  }
  try {
    parse(value);
    return { value };
  } catch {
    return { fault: `${quote(path)} is not ${what} in PEM` };
  }
}

/** "ENOENT" of what a system call threw. */
export function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}

/** A value as faults show it: on one line, and not past 80 characters. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
