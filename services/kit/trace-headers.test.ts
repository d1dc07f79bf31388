import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { copyTraceHeaders, identityOf, identityOfRecord, toRecord, traceHeaders } from './trace-headers.ts';

function metadataOf(entries: readonly (readonly [string, string])[]): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of entries) metadata.add(name, value);
  return metadata;
}

describe('trace headers', () => {
  test('are copied with every value, and nothing else is', () => {
    const all = traceHeaders.map((name) => [name, `of ${name}`] as const);
    const copy = copyTraceHeaders(
      metadataOf([...all, ['baggage', 'more=1'], ['authorization', 'Bearer secret'], ['x-other', '1']]),
    );
    for (const [name, value] of all) assert.equal(copy.get(name)[0], value);
    assert.deepEqual(copy.get('baggage'), ['of baggage', 'more=1']);
    assert.deepEqual(Object.keys(copy.getMap()).sort(), [...traceHeaders].sort());
  });

  test('go through plain text and back', () => {
    const record = toRecord(
      metadataOf([
        ['x-request-id', 'r'],
        ['x-b3-traceid', 't'],
        ['cookie', 'secret'],
      ]),
    );
    assert.deepEqual(record, { 'x-request-id': 'r', 'x-b3-traceid': 't' });
    assert.deepEqual(identityOfRecord(record), { requestId: 'r', traceId: 't' });
    assert.deepEqual(identityOfRecord({ 'x-request-id': 1, 'x-b3-traceid': null }), {
      requestId: undefined,
      traceId: undefined,
    });
  });

  const id = '0af7651916cd43dd8448eb211c80319c';
  const parents: readonly (readonly [traceparent: string, traceId: string])[] = [
    [`00-${id}-b7ad6b7169203331-01`, id],
    [`cc-${id}-b7ad6b7169203331-01-what-the-future-will-bring`, id],
    [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'from b3'],
    [`00-${id.toUpperCase()}-b7ad6b7169203331-01`, 'from b3'],
    [`00-${id}`, 'from b3'],
    ['', 'from b3'],
  ];
  for (const [traceparent, traceId] of parents) {
    test(`take the trace id of "${traceparent}" ${traceId === id ? '' : 'from B3'}`, () => {
      const metadata = metadataOf([
        ['traceparent', traceparent],
        ['x-b3-traceid', 'from b3'],
      ]);
      assert.deepEqual(identityOf(metadata), { requestId: undefined, traceId });
    });
  }
});
