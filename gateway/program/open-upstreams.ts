import type { Settings } from '../config/settings.ts';
import type { UpstreamAddress } from '../config/upstream-address.ts';
import type { UpstreamOf } from '../http/options.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { defaultUpstreamOptions, type UpstreamEvent, type UpstreamTls } from '../upstream/upstream-options.ts';

export interface OpenUpstreams {
  /** "package.Service" → the upstream that the settings name for it. */
  readonly byService: Readonly<Record<string, Upstream>>;
  /** For the other services: the upstream that told of them by reflection, otherwise the default. */
  readonly ofOthers: UpstreamOf;
  /** Every upstream once, by its target; the default first. */
  readonly byTarget: ReadonlyMap<string, Upstream>;
  close(graceMs: number): Promise<void>;
}

/** Makes the upstreams of the settings; services on one target and with the same TLS share one. They connect later. */
export function openUpstreams(settings: Settings, logger: Logger): OpenUpstreams {
  const byTarget = new Map<string, Upstream>();
  const shared = new Map<string, { tls: UpstreamAddress['tls']; upstream: Upstream }>();
  const open = ({ target, tls }: UpstreamAddress): Upstream => {
    const known = shared.get(target);
    if (known !== undefined && known.tls === tls) return known.upstream;
    const upstream = createUpstream(target, {
      transport: settings.transport,
      tls: tls === false ? undefined : (tls ?? commonTls(settings)),
      maxMessageBytes: settings.maxMessage,
      maxSentMessageBytes: Math.max(settings.maxBody, settings.maxMessage),
      keepaliveMs: settings.keepalive,
      keepaliveTimeoutMs: settings.keepaliveTimeout,
      retry: { ...defaultUpstreamOptions.retry, maxAttempts: settings.maxAttempts },
      waitForReady: settings.waitForReady,
      onEvent: (event) => logEvent(logger, event),
    });
    shared.set(target, { tls, upstream });
    byTarget.set(byTarget.has(target) ? `${target} (${byTarget.size})` : target, upstream);
    return upstream;
  };
  const addresses = settings.upstream.toSorted((one, other) => rank(one) - rank(other));
  const opened = addresses.map((address) => ({ service: address.service, upstream: open(address) }));
  const byDefault = opened.find(({ service }) => service === undefined)?.upstream;
  return {
    byService: Object.fromEntries(
      opened.flatMap(({ service, upstream }) => (service === undefined ? [] : [[service, upstream]])),
    ),
    ofOthers: (service, { reflectedBy }) => byTarget.get(reflectedBy.get(service) ?? '') ?? byDefault,
    byTarget,
    close: async (graceMs) => {
      await Promise.all([...byTarget.values()].map((upstream) => upstream.close(graceMs)));
    },
  };
}

/** What the default tells by reflection goes before what the others tell: of a service on several it is the one to call. */
function rank({ service }: UpstreamAddress): number {
  return service === undefined ? 0 : 1;
}

function commonTls(settings: Settings): UpstreamTls | undefined {
  if (!settings.upstreamTls) return undefined;
  const { upstreamCa, upstreamCert, upstreamKey, upstreamServerName } = settings;
  return {
    ...(upstreamCa && { rootCertificates: upstreamCa }),
    ...(upstreamCert && { clientCertificate: upstreamCert }),
    ...(upstreamKey && { clientKey: upstreamKey }),
    ...(upstreamServerName && { serverName: upstreamServerName }),
  };
}

/** Connections come and go; that one cannot be made is for somebody to look at. */
const eventLevels = {
  connected: 'debug',
  disconnected: 'debug',
  'call-failed': 'debug',
  'connect-failed': 'warn',
  'resolve-failed': 'warn',
} as const satisfies Record<UpstreamEvent['event'], string>;

function logEvent(logger: Logger, { event, ...what }: UpstreamEvent): void {
  logger[eventLevels[event]](what, `upstream ${event}`);
}
