import type { UpstreamTls } from '../upstream/upstream-options.ts';
import { address, certificateFile, keyFile, type Parsed, type Parser, quote, text } from './value-parsers.ts';

/** Where the calls of one service go, or of all that have no address of their own. */
export interface UpstreamAddress {
  /** "package.Service"; undefined: the default. */
  readonly service: string | undefined;
  /** A gRPC target (https://github.com/grpc/grpc/blob/master/doc/naming.md). */
  readonly target: string;
  /** TLS of this upstream alone; undefined: as the --upstream-tls settings say. false: plain text. */
  readonly tls: UpstreamTls | false | undefined;
}

const serviceName = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** "127.0.0.1:50051" or "package.Service=127.0.0.1:50051". */
export const upstreamAddress: Parser<UpstreamAddress> = (value) => {
  const separator = value.indexOf('=');
  const service = separator === -1 ? undefined : value.slice(0, separator);
  if (service !== undefined && !serviceName.test(service)) {
    return { fault: `${quote(service)} is not the full name of a service, such as package.Service` };
  }
  const target = grpcTarget(value.slice(separator + 1));
  return 'fault' in target ? target : { value: { service, target: target.value, tls: undefined } };
};

const grpcTarget: Parser<string> = (value) => {
  if (/^(?:dns|ipv4|ipv6|unix|unix-abstract):./.test(value)) return { value };
  const parsed = address(value);
  return 'value' in parsed && parsed.value.port > 0
    ? { value }
    : { fault: `${quote(value)} is not host:port, such as 127.0.0.1:50051 or dns:///greeting:50051` };
};

/** The form of the configuration file, for an upstream with TLS of its own: { service, target, tls, ca, cert, key, server-name }. */
export function upstreamMapping(mapping: Readonly<Record<string, unknown>>): Parsed<UpstreamAddress> {
  const keys = ['service', 'target', 'tls', ...Object.keys(tlsOptions)];
  const unknown = Object.keys(mapping).filter((key) => !keys.includes(key));
  if (unknown.length > 0) return { fault: `${quote(unknown.join(', '))} is not one of ${keys.join(', ')}` };
  const { service, target, tls, cert, key } = mapping;
  if (typeof target !== 'string') return { fault: 'target: is needed' };
  if (tls !== undefined && typeof tls !== 'boolean') return { fault: 'tls: is not true or false' };
  const parsed = upstreamAddress(service === undefined ? target : `${String(service)}=${target}`);
  if ('fault' in parsed) return parsed;
  if (tls !== true && Object.keys(tlsOptions).some((option) => mapping[option] !== undefined)) {
    return { fault: 'ca, cert, key and server-name need tls: true' };
  }
  if ((cert === undefined) !== (key === undefined)) return { fault: 'cert and key need each other' };
  if (tls !== true) return { value: { ...parsed.value, tls } };
  let upstreamTls: UpstreamTls = {};
  for (const [option, { name, parser }] of Object.entries(tlsOptions)) {
    const written = mapping[option];
    if (written === undefined) continue;
    const each = parser(String(written));
    if ('fault' in each) return each;
    upstreamTls = { ...upstreamTls, [name]: each.value };
  }
  return { value: { ...parsed.value, tls: upstreamTls } };
}

const tlsOptions = {
  ca: { name: 'rootCertificates', parser: certificateFile },
  cert: { name: 'clientCertificate', parser: certificateFile },
  key: { name: 'clientKey', parser: keyFile },
  'server-name': { name: 'serverName', parser: text },
} as const satisfies Record<string, { name: keyof UpstreamTls; parser: Parser<Buffer | string> }>;
