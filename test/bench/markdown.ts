import type { Spread } from './statistics.ts';

/** A table; the first column is text, the others are numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Three significant digits, thousands grouped: "12,300", "41.2", "0.85". */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0);
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', {
    minimumFractionDigits: Math.min(decimals, 2),
    maximumFractionDigits: Math.min(decimals, 2),
  });
}

/** "41.2 (40.1–43.0)"; only the value when there is one round. */
export function formatSpread({ median, min, max }: Spread): string {
  const range = min === max ? '' : ` (${formatNumber(min)}–${formatNumber(max)})`;
  return `${formatNumber(median)}${range}`;
}
