import { isIP, isIPv4, isIPv6 } from 'node:net';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import type { Address } from './connect-socket.ts';

/** Where a gRPC target leads (https://github.com/grpc/grpc/blob/master/doc/naming.md). */
export interface Target {
  /** ":authority" of the requests. */
  readonly authority: string;
  /** The name in the server's certificate; undefined: its address. */
  readonly serverName: string | undefined;
  /** Fixed addresses, or a name to be resolved. */
  readonly addresses: readonly Address[] | undefined;
  readonly dns: { readonly host: string; readonly port: number } | undefined;
}

const defaultPort = 443;

/** "host:port", "dns:///host:port", "ipv4:1.2.3.4:50051,…", "ipv6:[::1]:50051,…", "unix:/path"; throws INVALID_ARGUMENT. */
export function parseTarget(target: string): Target {
  const [, scheme, rest = ''] = /^(dns|ipv4|ipv6|unix):(.+)$/.exec(target) ?? [];
  if (scheme === 'unix') return unixTarget(rest.replace(/^\/\/\//, '/'));
  if (scheme === 'ipv4' || scheme === 'ipv6') return staticTarget(target, rest, scheme === 'ipv4' ? isIPv4 : isIPv6);
  return dnsTarget(target, scheme === 'dns' ? rest.replace(/^\/\/\//, '') : target);
}

/** Whether `parseTarget` knows it. */
export function isTarget(target: string): boolean {
  try {
    parseTarget(target);
    return true;
  } catch (error) {
    if (error instanceof StatusError) return false;
    throw error;
  }
}

function unixTarget(path: string): Target {
  return { authority: 'localhost', serverName: 'localhost', addresses: [{ kind: 'unix', path }], dns: undefined };
}

function staticTarget(target: string, list: string, isRight: (host: string) => boolean): Target {
  const addresses = list.split(',').map((text): Address => {
    const { host, port } = splitHostPort(target, text);
    if (!isRight(host)) throw badTarget(target);
    return { kind: 'tcp', host, port };
  });
  return { authority: list.split(',')[0] ?? '', serverName: undefined, addresses, dns: undefined };
}

function dnsTarget(target: string, text: string): Target {
  const { host, port } = splitHostPort(target, text);
  if (isIP(host) !== 0) {
    return { authority: text, serverName: undefined, addresses: [{ kind: 'tcp', host, port }], dns: undefined };
  }
  if (!/^[\w.-]+$/.test(host)) throw badTarget(target);
  return { authority: text, serverName: host, addresses: undefined, dns: { host, port } };
}

function splitHostPort(target: string, text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host === undefined || port > 65_535) throw badTarget(target);
  return { host, port };
}

function badTarget(target: string): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, `"${target}" is not a gRPC target`);
}
