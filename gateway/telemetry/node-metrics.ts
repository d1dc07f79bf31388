/** Text of Node's own metrics: CPU, memory, event loop, garbage collection, handles. */
export type NodeMetrics = () => Promise<string>;

/** prom-client's default metrics in a registry of their own; loaded by the first scrape, so that the start does not wait for it. */
export function createNodeMetrics(): NodeMetrics {
  let metrics: Promise<NodeMetrics> | undefined;
  return async () => {
    metrics ??= loadNodeMetrics();
    return (await metrics)();
  };
}

async function loadNodeMetrics(): Promise<NodeMetrics> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return () => registry.metrics();
}
