import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { loadSchema } from '../../gateway/schema/load-schema.ts';
import type { Schema } from '../../gateway/schema/schema.ts';

/** All of googleapis. Builds the descriptor set first if it is not there. */
export async function loadGoogleapis(): Promise<Schema> {
  const script = join(import.meta.dirname, '../../scripts/googleapis.sh');
  const file = execFileSync(script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  return loadSchema({ descriptorSets: [file] });
}
