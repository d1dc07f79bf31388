import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { BadRequestSchema } from '../gen/google/rpc/error_details_pb.ts';
import { StatusSchema } from '../gen/google/rpc/status_pb.ts';
import { parseStatusDetails } from './status-details.ts';

test('details come out as protobuf-es packed them', () => {
  const any = anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations: [{ field: 'name' }] }));
  const status = create(StatusSchema, { code: 3, message: 'bad', details: [any, any] });
  const base64 = Buffer.from(toBinary(StatusSchema, status)).toString('base64');
  const details = parseStatusDetails(base64).map(({ typeUrl, value }) => ({ typeUrl, value: Uint8Array.from(value) }));
  const expected = { typeUrl: 'type.googleapis.com/google.rpc.BadRequest', value: any.value };
  assert.deepEqual(details, [expected, expected]);
});

test('what is not a google.rpc.Status has no details', () => {
  for (const base64 of ['', '****', 'Gv8=', 'GgMKCg==', '/////w==']) {
    assert.deepEqual(parseStatusDetails(base64), [], base64);
  }
});

test('any bytes are taken without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.ok(Array.isArray(parseStatusDetails(Buffer.from(bytes).toString('base64'))));
    }),
  );
});
