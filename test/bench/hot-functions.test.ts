import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CpuProfile, hotFunctions, timeByOwner } from './hot-functions.ts';

const profile: CpuProfile = {
  startTime: 1_000,
  nodes: [
    node(1, '(idle)', '', -1),
    node(2, 'route', 'file:///repo/gateway/http/route.ts', 11),
    node(3, 'route', 'file:///repo/gateway/http/route.ts', 11),
    node(4, '', 'node:net', 699),
    node(5, '(garbage collector)', '', -1),
    node(6, 'send', 'file:///repo/node_modules/@grpc/grpc-js/build/call.js', 0),
  ],
  samples: [2, 1, 2, 3, 4, 5, 6],
  timeDeltas: [10, 10, 10, 10, 7, 5, 3],
};

test('self time is added up by function, from a moment on, without idle time', () => {
  assert.deepEqual(hotFunctions(profile, '/repo', 1_015), [
    { name: 'route', place: 'gateway/http/route.ts:12', selfMicros: 20 },
    { name: '(anonymous)', place: 'node:net:700', selfMicros: 7 },
    { name: '(garbage collector)', place: '', selfMicros: 5 },
    { name: 'send', place: 'node_modules/@grpc/grpc-js/build/call.js:1', selfMicros: 3 },
  ]);
});

test('owners are folders of the gateway, packages, Node and V8', () => {
  assert.deepEqual(timeByOwner(hotFunctions(profile, '/repo', 1_015)), [
    ['gateway/http', 20],
    ['node', 7],
    ['(garbage collector)', 5],
    ['@grpc/grpc-js', 3],
  ]);
});

function node(id: number, functionName: string, url: string, lineNumber: number): CpuProfile['nodes'][number] {
  return { id, callFrame: { functionName, url, lineNumber } };
}
