import { formatNumber } from './markdown.ts';
import type { LoadFigures } from './measure.ts';
import type { Peer } from './peers/peer.ts';
import { type Comparison, type Results, ratiosTo, valuesOf } from './results.ts';
import { spread } from './statistics.ts';

const width = 760;
const labelWidth = 150;
const barWidth = 400;
const rowHeight = 26;
const panelGap = 46;
const top = 64;

/** Colours by peer, for light and for dark pages; each reads on both when the viewer knows no colour scheme. */
const style = `
    text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #57606a; }
    .title { font-size: 17px; font-weight: 600; fill: #24292f; }
    .panel { font-weight: 600; fill: #24292f; }
    .value { font-variant-numeric: tabular-nums; }
    .own { font-weight: 600; fill: #24292f; }
    .spread { stroke: #57606a; stroke-width: 1.5; }
    .protogate { fill: #1a7f5a; }
    .grpc-gateway { fill: #5b8def; }
    .envoy { fill: #b07cd8; }
    .fastify { fill: #8c959f; fill-opacity: 0.45; }
    @media (prefers-color-scheme: dark) {
      text { fill: #9ba4ae; }
      .title, .panel, .own { fill: #e6edf3; }
      .spread { stroke: #c9d1d9; }
      .protogate { fill: #3fb984; }
    }`;

/** CPU time per request as bars, one panel for each shape: an SVG document. Each panel has a scale of its own. */
export function drawChart({ shapes }: Results): string {
  const panels: string[] = [];
  let y = top;
  for (const comparison of shapes) {
    panels.push(drawPanel(comparison, y));
    y += comparison.series.length * rowHeight + panelGap;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="CPU time per request of each gateway">
  <style>${style}
  </style>
  <text x="16" y="28" class="title">CPU time per request, microseconds (less is better)</text>
${panels.join('\n')}
</svg>
`;
}

function drawPanel({ title, series }: Comparison<LoadFigures>, y: number): string {
  const base = series.find(({ peer }) => peer.key === 'grpc-gateway');
  const costs = series.map((one) => spread(valuesOf(one, cpu)));
  const scale = barWidth / Math.max(...costs.map(({ max }) => max));
  const rows = series.map((one, index) => {
    const cost = costs[index] ?? spread([0]);
    const ratio = base === undefined ? '' : `, ${formatNumber(spread(ratiosTo(base, one, cpu)).median)}×`;
    const middle = y + 10 + index * rowHeight + rowHeight / 2;
    const end = labelWidth + cost.max * scale + 8;
    const own = one.peer.key === 'protogate' ? ' own' : '';
    return [
      `  <text x="${labelWidth - 8}" y="${middle + 4}" text-anchor="end" class="label${own}">${labelOf(one.peer)}</text>`,
      `  <rect x="${labelWidth}" y="${middle - 8}" width="${round(cost.median * scale)}" height="16" rx="2" class="${one.peer.key}"/>`,
      `  <path d="M${round(labelWidth + cost.min * scale)} ${middle}H${round(labelWidth + cost.max * scale)}" class="spread"/>`,
      `  <text x="${round(end)}" y="${middle + 4}" class="value${own}">${formatNumber(cost.median)} µs${ratio}</text>`,
    ].join('\n');
  });
  return [`  <text x="16" y="${y}" class="panel">${title}</text>`, ...rows].join('\n');
}

function labelOf({ name, gateway }: Peer): string {
  return gateway ? name : 'Fastify, no gRPC';
}

function round(value: number): string {
  return value.toFixed(1);
}

function cpu({ cpuMicros }: LoadFigures): number {
  return cpuMicros;
}
