import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSchema } from './load-schema.ts';

const protoPaths = [join(import.meta.dirname, '../../proto')];

test('a .proto file gives its services and their HTTP rules', async () => {
  const schema = await loadSchema({ protos: ['greeting/greeting.proto'], protoPaths });
  const [service] = schema.services;
  assert.equal(service?.typeName, 'greeting.GreetingService');
  assert.deepEqual(
    schema.bindings.map(({ httpMethod, template, body }) => [httpMethod, template, body]),
    [
      ['GET', '/api/v1/greeting', ''],
      ['GET', '/api/greeting', ''],
      ['GET', '/api/ping', ''],
    ],
  );
  assert.equal(schema.bindings[0]?.source, 'greeting/greeting.proto: greeting.GreetingService.Greeting');
});
