/** What one service of the mesh does; everything else about it comes from the environment. */
export interface ServiceRow {
  readonly name: ServiceName;
  /** What it says unless GREETING says otherwise. */
  readonly message: string;
  /** Callees, in the order in which their answers follow its own greeting. */
  readonly calls: readonly ServiceName[];
  /** Puts its greetings on the queue. */
  readonly publishes: boolean;
  /** Takes greetings from the queue and stores them. */
  readonly consumes: boolean;
  /** Keeps its greetings in its own store. */
  readonly stores: boolean;
  /** Serves the older routes of the edge (greeting.EdgeService). */
  readonly edge: boolean;
}

export const serviceNames = [
  'Service A',
  'Service B',
  'Service C',
  'Service D',
  'Service E',
  'Service F',
  'Service G',
  'Service H',
] as const;

export type ServiceName = (typeof serviceNames)[number];

const quiet = { calls: [], publishes: false, consumes: false, stores: false, edge: false } as const;

export const serviceTable: Readonly<Record<ServiceName, ServiceRow>> = {
  'Service A': {
    ...quiet,
    name: 'Service A',
    message: 'Hello, from Service A!',
    calls: ['Service B', 'Service C'],
    edge: true,
  },
  'Service B': {
    ...quiet,
    name: 'Service B',
    message: 'Namasté (नमस्ते), from Service B!',
    calls: ['Service D', 'Service E'],
  },
  'Service C': { ...quiet, name: 'Service C', message: 'Konnichiwa (こんにちは), from Service C!' },
  'Service D': {
    ...quiet,
    name: 'Service D',
    message: 'Shalom (שָׁלוֹם), from Service D!',
    publishes: true,
    stores: true,
  },
  'Service E': {
    ...quiet,
    name: 'Service E',
    message: 'Bonjour, from Service E!',
    calls: ['Service G', 'Service H'],
  },
  'Service F': { ...quiet, name: 'Service F', message: 'Hola, from Service F!', consumes: true, stores: true },
  'Service G': { ...quiet, name: 'Service G', message: 'Ahlan (أهلا), from Service G!', stores: true },
  'Service H': { ...quiet, name: 'Service H', message: 'Ciao, from Service H!', stores: true },
};

/** "service-a" for "Service A": its host name in a cluster, and the name of its database. */
export function slugOf(name: ServiceName): string {
  return name.toLowerCase().replace(' ', '-');
}

/** "SERVICE_A_URL" for "Service A". */
export function urlVariableOf(name: ServiceName): string {
  return `${name.toUpperCase().replace(' ', '_')}_URL`;
}
