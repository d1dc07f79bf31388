import { readFileSync } from 'node:fs';

/** The version in package.json, which stands two folders up from here in the sources and in the package alike. */
export function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof content === 'object' && content !== null && 'version' in content ? String(content.version) : 'unknown';
}
