import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Makes dist/, what the package holds: JavaScript, types and source maps of the gateway, and the schema that is built in. */
const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--project', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
copyFileSync(join(root, 'gateway/gen/builtin.binpb'), join(root, 'dist/gen/builtin.binpb'));
