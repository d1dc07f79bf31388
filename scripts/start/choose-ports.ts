import { findBusyPort } from './busy-port.ts';
import { describePrograms, type Program, type Programs } from './programs.ts';
import type { Settings } from './settings.ts';

export interface ChosenPorts {
  readonly programs: Programs;
  /** One whose port something else has; undefined: all are free. */
  readonly busy: Program | undefined;
  /** One that was to have a port that is busy, for which the services went elsewhere. */
  readonly avoided: Program | undefined;
}

/** The programs on the ports that the settings say, or if a service cannot have its own, on others that they allow. */
export async function choosePorts(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChosenPorts> {
  const usual = await onPorts(settings, environment);
  const { otherServicesPort } = settings;
  const { busy } = usual;
  if (busy === undefined || busy === usual.programs.gateway || otherServicesPort === undefined) return usual;
  const other = await onPorts({ ...settings, servicesPort: otherServicesPort }, environment);
  return other.busy === undefined ? { ...other, avoided: busy } : usual;
}

async function onPorts(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChosenPorts> {
  const programs = describePrograms(settings, environment);
  const busy = await findBusyPort([programs.gateway, ...programs.services]);
  return { programs, busy, avoided: undefined };
}
