/** How long and how often is measured. Times in whole seconds. */
export interface Plan {
  readonly rounds: number;
  readonly warmUpSeconds: number;
  readonly runSeconds: number;
  /** Rounds and times of the tables beside the main one. */
  readonly sideRounds: number;
  readonly sideSeconds: number;
  readonly latencySeconds: number;
  readonly latencyRounds: number;
  readonly starts: number;
  /** Items of the list answer: 9 are about 1 KB of JSON, 9,100 about 1 MB. */
  readonly itemCounts: readonly number[];
  readonly connections: readonly number[];
}

/** About eight minutes with four gateways. */
export const fullPlan: Plan = {
  rounds: 7,
  warmUpSeconds: 3,
  runSeconds: 2,
  sideRounds: 3,
  sideSeconds: 2,
  latencySeconds: 5,
  latencyRounds: 3,
  starts: 7,
  itemCounts: [9, 90, 900, 9_000],
  connections: [1, 10, 100, 1_000],
};

/** About one minute. */
export const quickPlan: Plan = {
  rounds: 2,
  warmUpSeconds: 1,
  runSeconds: 1,
  sideRounds: 1,
  sideSeconds: 1,
  latencySeconds: 2,
  latencyRounds: 1,
  starts: 2,
  itemCounts: [9, 900, 9_000],
  connections: [1, 100],
};

/** Connections of all measurements that do not vary them. */
export const usualConnections = 50;
/** Connections for large answers: what is under way when a run ends costs CPU time and is not counted. */
export const fewConnections = 10;
/** Requests a second at which latency and memory are measured. */
export const steadyRate = 1_000;
/** Messages of each stream. */
export const streamMessages = 1_000;
/** The machine has to have two cores: one for the gateway, one for the load and the gRPC server. */
export const gatewayCore = 0;
export const loadCore = 1;
