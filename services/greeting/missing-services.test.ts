import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { addMissing, missingHeader, missingOf } from './missing-services.ts';

describe('the services that an answer lacks', () => {
  test('are named once each', () => {
    const headers = new Metadata();
    addMissing(headers, ['Service C', 'Service H']);
    assert.deepEqual(headers.get(missingHeader), ['Service C', 'Service H']);
    assert.deepEqual(missingOf(headers), ['Service C', 'Service H']);
  });

  const rows: readonly (readonly [value: string, names: readonly string[]])[] = [
    ['Service C, Service H', ['Service C', 'Service H']],
    ['Service C,Service H', ['Service C', 'Service H']],
    [' , ', []],
    ['', []],
  ];
  for (const [value, names] of rows) {
    test(`are read from "${value}"`, () => {
      const headers = new Metadata();
      headers.set(missingHeader, value);
      assert.deepEqual(missingOf(headers), names);
    });
  }
});
