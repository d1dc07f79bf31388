import type { Peer } from './peers/peer.ts';
import type { Comparison } from './results.ts';

export interface RoundsOptions<
  Runner extends { readonly peer: Peer },
  Row extends { readonly title: string },
  Figures,
> {
  readonly rows: readonly Row[];
  readonly peers: readonly Runner[];
  readonly rounds: number;
  measure(peer: Runner, row: Row): Promise<Figures>;
}

/**
 * Measures all peers in all rows, round after round: a change of the machine's pace meets all peers alike. Each round
 * begins with another peer, so that none has always the same neighbour.
 */
export async function measureRounds<
  Runner extends { readonly peer: Peer },
  Row extends { readonly title: string },
  Figures,
>(options: RoundsOptions<Runner, Row, Figures>): Promise<Comparison<Figures>[]> {
  const { rows, peers, rounds, measure } = options;
  const table = rows.map((row) => ({
    row,
    series: peers.map((runner) => ({ runner, peer: runner.peer, rounds: [] as Figures[] })),
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { row, series } of table) {
      for (const entry of rotate(series, round)) entry.rounds.push(await measure(entry.runner, row));
    }
  }
  return table.map(({ row, series }) => ({
    title: row.title,
    series: series.map(({ peer, rounds: figures }) => ({ peer, rounds: figures })),
  }));
}

function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % Math.max(items.length, 1);
  return [...items.slice(first), ...items.slice(0, first)];
}
