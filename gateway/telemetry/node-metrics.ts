/** Text of Node's own metrics: CPU, memory, event loop, garbage collection, handles. */
export type NodeMetrics = () => Promise<string>;

/**
 * prom-client's default metrics in a registry of their own; loaded by the first scrape, so that the start does not wait
 * for it. @param worker becomes a label, where several processes are one gateway.
 */
export function createNodeMetrics(worker: string | undefined): NodeMetrics {
  let metrics: Promise<NodeMetrics> | undefined;
  return async () => {
    metrics ??= loadNodeMetrics(worker);
    return (await metrics)();
  };
}

async function loadNodeMetrics(worker: string | undefined): Promise<NodeMetrics> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  if (worker !== undefined) registry.setDefaultLabels({ worker });
  collectDefaultMetrics({ register: registry });
  return () => registry.metrics();
}
