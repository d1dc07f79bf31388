import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { annotatedRule, bindingsOf } from '../../gateway/schema/http-bindings.ts';
import type { HttpBinding } from '../../gateway/schema/schema.ts';

/** Every HTTP rule of googleapis. Builds the descriptor set first if it is not there. */
export function googleapisBindings(): HttpBinding[] {
  const script = join(import.meta.dirname, '../../scripts/googleapis.sh');
  const file = execFileSync(script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const faults: string[] = [];
  const bindings = [...createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(file)))]
    .flatMap((type) => (type.kind === 'service' ? type.methods : []))
    .flatMap((method) => {
      const rule = annotatedRule(method);
      return rule === undefined ? [] : bindingsOf(rule, faults);
    });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return bindings;
}
