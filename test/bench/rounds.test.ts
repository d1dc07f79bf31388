import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer } from './peers/peer.ts';
import { ratiosTo } from './results.ts';
import { measureRounds } from './rounds.ts';

const [ours, base] = [peer('protogate', 'Protogate'), peer('grpc-gateway', 'grpc-gateway')];

test('each round measures every peer in every row, and begins with another peer', async () => {
  const order: string[] = [];
  const [comparison] = await measureRounds({
    rows: [{ title: 'greeting' }],
    peers: [{ peer: ours }, { peer: base }],
    rounds: 2,
    measure: async (runner, row) => order.push(`${row.title} ${runner.peer.name}`),
  });
  assert.deepEqual(order, [
    'greeting Protogate',
    'greeting grpc-gateway',
    'greeting grpc-gateway',
    'greeting Protogate',
  ]);
  assert.deepEqual(comparison, {
    title: 'greeting',
    series: [
      { peer: ours, rounds: [1, 4] },
      { peer: base, rounds: [2, 3] },
    ],
  });
});

test('ratios are taken round by round', () => {
  const ratios = ratiosTo({ peer: base, rounds: [100, 60] }, { peer: ours, rounds: [50, 20] }, (figure) => figure);
  assert.deepEqual(ratios, [2, 3]);
});

function peer(key: Peer['key'], name: string): Peer {
  const command = (): never => {
    throw new Error('not started here');
  };
  return { key, name, version: '1', options: '', gateway: true, command };
}
