import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadServices, ProtoError } from './proto-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'protogate-protos-'));
after(() => rmSync(folder, { recursive: true }));

describe('services of .proto files', () => {
  test('are found by their full names', () => {
    const serviceOf = loadServices(['greeting/greeting.proto', 'greeting/edge.proto']);
    assert.equal(serviceOf('greeting.GreetingService')['Greeting']?.path, '/greeting.GreetingService/Greeting');
    assert.deepEqual(Object.keys(serviceOf('greeting.EdgeService')), ['Health', 'Status', 'Metrics']);
  });

  test('keep 64-bit integers as text, and the names of the proto', () => {
    writeFileSync(
      join(folder, 'big.proto'),
      'syntax = "proto3"; message Big { int64 big_number = 1; } service S { rpc M(Big) returns (Big); }',
    );
    const method = loadServices(['big.proto'], folder)('S')['M'];
    assert.deepEqual(method?.requestDeserialize(Buffer.from('08ffffffffffffffff7f', 'hex')), {
      big_number: '9223372036854775807',
    });
  });

  const faults: readonly (readonly [name: string, text: string | undefined, message: RegExp])[] = [
    ['missing', undefined, /^missing\.proto below .*protogate-protos-\w+ does not load: ENOENT/],
    [
      'broken',
      'message {',
      /^broken\.proto below .* does not load: illegal type name '\{' \(.*broken\.proto, line 1\)$/,
    ],
    [
      'dangling',
      'syntax = "proto3"; service S { rpc M(No) returns (No); }',
      /^dangling\.proto below .* does not load: .*No/,
    ],
  ];
  for (const [name, text, message] of faults) {
    test(`that are ${name} are a fault that names the file`, () => {
      if (text !== undefined) writeFileSync(join(folder, `${name}.proto`), text);
      assert.throws(
        () => loadServices([`${name}.proto`], folder),
        (error) => error instanceof ProtoError && message.test(error.message),
      );
    });
  }

  test('that the files do not have are a fault that names them', () => {
    const serviceOf = loadServices(['greeting/greeting.proto']);
    for (const name of ['greeting.No', 'greeting.Greeting']) {
      assert.throws(() => serviceOf(name), new ProtoError(`service ${name} is not in greeting/greeting.proto`));
    }
  });
});
