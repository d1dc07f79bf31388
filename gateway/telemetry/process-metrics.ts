import { type RequestCounts, requestMetricsText, sumRequests } from './request-counts.ts';

/** What one process of a gateway has measured. */
export interface ProcessMetrics {
  readonly requests: RequestCounts;
  /** Node's own metrics in the text form of Prometheus, with a label that tells the processes apart. */
  readonly node: string;
}

/** What the processes of a gateway have measured, as one answer to a scrape: requests are summed. */
export function metricsText(processes: readonly ProcessMetrics[]): string {
  const requests = sumRequests(processes.map((each) => each.requests));
  return `${requestMetricsText(requests)}${joinMetrics(processes.map(({ node }) => node))}`;
}

/** All lines of a metric have to stand together, below one HELP and TYPE. */
function joinMetrics(texts: readonly string[]): string {
  const metrics = new Map<string, string[]>();
  const blocks = texts.flatMap((text) => text.split(/^(?=# HELP )/m)).filter((block) => block !== '');
  for (const block of blocks) {
    const [help = '', type = '', ...samples] = block.trimEnd().split('\n');
    const head = `${help}\n${type}`;
    metrics.set(head, [...(metrics.get(head) ?? []), ...samples]);
  }
  return [...metrics].map(([head, samples]) => `${[head, ...samples].join('\n')}\n`).join('');
}
