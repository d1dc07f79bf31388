import { readFileSync, writeFileSync } from 'node:fs';
import { settingsMarkdown } from '../gateway/config/help-text.ts';

const readme = new URL('../README.md', import.meta.url);
const text = readFileSync(readme, 'utf8');
const table = `<!-- settings -->\n\n${settingsMarkdown().trim()}\n\n<!-- /settings -->`;
writeFileSync(
  readme,
  text.replace(/<!-- settings -->[\s\S]*<!-- \/settings -->/, () => table),
);
