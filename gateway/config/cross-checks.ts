import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isTarget } from '../upstream/h2/target.ts';
import type { Settings } from './settings.ts';
import { quote } from './value-parsers.ts';

/** What is wrong with settings that are right one by one, a line each. */
export function crossCheck(settings: Settings): string[] {
  return [...sourceFaults(settings), ...upstreamFaults(settings), ...tlsFaults(settings), ...httpFaults(settings)];
}

function sourceFaults({ proto, descriptorSet, reflection, protoPath }: Settings): string[] {
  if (proto.length > 0 || descriptorSet.length > 0 || reflection) {
    return protoPath.length > 0 && proto.length === 0 ? ['--proto-path: has no effect without --proto'] : [];
  }
  return ['--proto: needed to know what to serve, or --descriptor-set or --reflection'];
}

function upstreamFaults({ upstream, transport }: Settings): string[] {
  if (upstream.length === 0) return ['--upstream: needed to know where calls go, such as 127.0.0.1:50051'];
  const services = upstream.map(({ service }) => service);
  const repeated = new Set(services.filter((service, index) => services.indexOf(service) !== index));
  const unknown = transport === 'h2' ? upstream.filter(({ target }) => !isTarget(target)) : [];
  return [
    ...[...repeated].map((service) =>
      service === undefined
        ? '--upstream: is given more than once without a service; write package.Service=host:port'
        : `--upstream: is given more than once for ${service}`,
    ),
    ...unknown.map(
      ({ target }) =>
        `--upstream: ${quote(target)} is not host:port, dns:///host:port, ipv4:…, ipv6:… or unix:…, which --transport h2 knows`,
    ),
  ];
}

function tlsFaults({ upstreamTls, upstreamCa, upstreamCert, upstreamKey, upstreamServerName }: Settings): string[] {
  const needTls = [
    { flag: '--upstream-ca', value: upstreamCa },
    { flag: '--upstream-cert', value: upstreamCert },
    { flag: '--upstream-key', value: upstreamKey },
    { flag: '--upstream-server-name', value: upstreamServerName },
  ].filter(({ value }) => value !== undefined && !upstreamTls);
  return [
    ...needTls.map(({ flag }) => `${flag}: has no effect without --upstream-tls`),
    ...(upstreamCert !== undefined && upstreamKey === undefined ? ['--upstream-cert: needs --upstream-key'] : []),
    ...(upstreamKey !== undefined && upstreamCert === undefined ? ['--upstream-key: needs --upstream-cert'] : []),
    ...(upstreamCert !== undefined && upstreamKey !== undefined && !fits(upstreamCert, upstreamKey)
      ? ['--upstream-key: is not the key of --upstream-cert']
      : []),
  ];
}

function fits(certificate: Buffer, key: Buffer): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

function httpFaults({ corsOrigin, healthzPath, readyzPath, metricsPath, responseHeader }: Settings): string[] {
  const faults: string[] = [];
  if (corsOrigin.length > 1 && corsOrigin.includes('*'))
    faults.push('--cors-origin: * stands for every origin; give it alone');
  const paths = [
    { flag: '--healthz-path', path: healthzPath },
    { flag: '--readyz-path', path: readyzPath },
    { flag: '--metrics-path', path: metricsPath },
  ];
  for (const [index, { flag, path }] of paths.entries()) {
    const first = paths.findIndex((other) => path !== undefined && other.path === path);
    if (first !== -1 && first < index) faults.push(`${flag}: ${quote(path ?? '')} is also ${paths[first]?.flag}`);
  }
  const keys = responseHeader.map(({ metadata }) => metadata);
  for (const key of new Set(keys.filter((each, index) => keys.indexOf(each) !== index))) {
    faults.push(`--response-header: is given more than once for ${key}`);
  }
  return faults;
}
