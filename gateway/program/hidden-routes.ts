import { flagName } from '../config/setting.ts';
import type { Settings } from '../config/settings.ts';
import type { Schema } from '../schema/schema.ts';

/** Settings of the paths that the program answers itself, GET and HEAD. */
const ownPaths = ['healthzPath', 'readyzPath', 'metricsPath'] as const satisfies readonly (keyof Settings)[];

/** A line for each route of the API that cannot be reached, because the program has the path itself. */
export function hiddenRoutes({ bindings }: Schema, settings: Pick<Settings, (typeof ownPaths)[number]>): string[] {
  return ownPaths.flatMap((name) =>
    bindings
      .filter(({ httpMethod, template }) => template === settings[name] && ['GET', 'HEAD', '*'].includes(httpMethod))
      .map(
        ({ httpMethod, template, source }) =>
          `${httpMethod} ${template} of ${source} is hidden by the gateway's own; move that with --${flagName(name)}`,
      ),
  );
}
