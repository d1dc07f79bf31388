import type { LoadFigures, SteadyFigures } from './measure.ts';
import type { Peer } from './peers/peer.ts';

/** Measurements of one peer in one row of a table, one for each round. */
export interface Series<Figures> {
  readonly peer: Peer;
  readonly rounds: readonly Figures[];
}

/** One row of a table: what is varied, and the series of all peers. Round n of all series ran one after another. */
export interface Comparison<Figures> {
  readonly title: string;
  readonly series: readonly Series<Figures>[];
}

export interface Results {
  readonly peers: readonly Peer[];
  /** Why a peer or a tool is not there, a line each. */
  readonly absent: readonly string[];
  readonly machine: string;
  readonly loadTool: string;
  readonly backend: string;
  readonly shapes: readonly Comparison<LoadFigures>[];
  readonly steady: readonly Comparison<SteadyFigures>[];
  readonly sizes: readonly Comparison<LoadFigures>[];
  readonly connections: readonly Comparison<LoadFigures>[];
  /** Figures of a stream of `streamMessages` messages as one request. */
  readonly streams: readonly Comparison<LoadFigures>[];
  /** Milliseconds to the first answer. */
  readonly starts: readonly Comparison<number>[];
}

/** The values of one figure, by round. */
export function valuesOf<Figures>(series: Series<Figures>, value: (figures: Figures) => number): number[] {
  return series.rounds.map(value);
}

/** How many times the series' figure fits into the base's, by round: above 1 the series takes less than the base. */
export function ratiosTo<Figures>(
  base: Series<Figures>,
  series: Series<Figures>,
  value: (figures: Figures) => number,
): number[] {
  return series.rounds.flatMap((figures, round) => {
    const other = base.rounds[round];
    return other === undefined ? [] : [value(other) / value(figures)];
  });
}
