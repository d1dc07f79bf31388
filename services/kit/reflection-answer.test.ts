import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create, createFileRegistry, fromBinary, getOption, hasOption } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { http } from '../../gateway/gen/google/api/annotations_pb.ts';
import { loadSchema } from '../../gateway/schema/load-schema.ts';
import { protoDirectory } from './proto-services.ts';
import { findDescriptors, type ReflectionRequest, type ReflectionSource } from './reflection-answer.ts';

const { registry } = await loadSchema({
  protos: ['greeting/greeting.proto', 'greeting/edge.proto', 'grpc/health/v1/health.proto'],
  protoPaths: [protoDirectory],
});
const source: ReflectionSource = { registry, services: ['greeting.GreetingService', 'grpc.health.v1.Health'] };

function filesOf(request: Omit<ReflectionRequest, 'host'>): FileDescriptorProto[] {
  const answer = findDescriptors({ host: '', ...request }, source);
  assert.ok('file_descriptor_response' in answer, JSON.stringify(answer));
  return answer.file_descriptor_response.file_descriptor_proto.map((bytes) =>
    fromBinary(FileDescriptorProtoSchema, bytes),
  );
}

const bySymbol = (symbol: string) => ({ message_request: 'file_containing_symbol', file_containing_symbol: symbol });
const byName = (name: string) => ({ message_request: 'file_by_filename', file_by_filename: name });
const byExtension = (type: string, number: number) => ({
  message_request: 'file_containing_extension',
  file_containing_extension: { containing_type: type, extension_number: number },
});
const numbersOf = (type: string) => ({
  message_request: 'all_extension_numbers_of_type',
  all_extension_numbers_of_type: type,
});

describe('reflection', () => {
  test('lists the services', () => {
    assert.deepEqual(findDescriptors({ host: '', message_request: 'list_services' }, source), {
      list_services_response: { service: [{ name: 'greeting.GreetingService' }, { name: 'grpc.health.v1.Health' }] },
    });
  });

  test('gives files that hold the HTTP rules, with all that they import', () => {
    const files = filesOf(bySymbol('greeting.GreetingService'));
    assert.deepEqual(files.map(({ name }) => name).sort(), [
      'google/api/annotations.proto',
      'google/api/http.proto',
      'google/protobuf/descriptor.proto',
      'greeting/greeting.proto',
    ]);
    // A set has what is imported first.
    const loaded = createFileRegistry(create(FileDescriptorSetSchema, { file: files.toReversed() }));
    const method = loaded.getService('greeting.GreetingService')?.method['greeting'];
    assert.ok(method !== undefined && hasOption(method, http));
    const rule = getOption(method, http);
    assert.deepEqual(rule.pattern, { case: 'get', value: '/api/v1/greeting' });
    assert.deepEqual(
      rule.additionalBindings.map(({ pattern }) => pattern.value),
      ['/api/greeting', '/api/ping'],
    );
  });

  const found: readonly (readonly [name: string, request: Omit<ReflectionRequest, 'host'>, file: string])[] = [
    ['a file by its name', byName('greeting/edge.proto'), 'greeting/edge.proto'],
    ['a message', bySymbol('greeting.Greeting'), 'greeting/greeting.proto'],
    ['a field', bySymbol('greeting.Greeting.created'), 'greeting/greeting.proto'],
    ['a method', bySymbol('greeting.EdgeService.Metrics'), 'greeting/edge.proto'],
    [
      'an enum in a message',
      bySymbol('grpc.health.v1.HealthCheckResponse.ServingStatus'),
      'grpc/health/v1/health.proto',
    ],
    ['a value of it', bySymbol('grpc.health.v1.HealthCheckResponse.SERVING'), 'grpc/health/v1/health.proto'],
    ['a value of an enum of a package', bySymbol('google.rpc.NOT_FOUND'), 'google/rpc/code.proto'],
    ['an extension', bySymbol('google.api.http'), 'google/api/annotations.proto'],
    ['it by its number', byExtension('google.protobuf.MethodOptions', 72295728), 'google/api/annotations.proto'],
  ];
  for (const [name, request, file] of found) {
    test(`finds ${name}`, () => assert.equal(filesOf(request)[0]?.name, file));
  }

  test('knows the extensions of a message', () => {
    const answer = findDescriptors({ host: '', ...numbersOf('google.protobuf.MethodOptions') }, source);
    assert.ok('all_extension_numbers_response' in answer);
    assert.equal(answer.all_extension_numbers_response.base_type_name, 'google.protobuf.MethodOptions');
    assert.ok(answer.all_extension_numbers_response.extension_number.includes(72295728));
  });

  const faults: readonly (readonly [request: Omit<ReflectionRequest, 'host'>, code: number, message: string])[] = [
    [{}, 3, 'the request asks for nothing'],
    [byName('no.proto'), 5, 'file no.proto is not here'],
    [byName('greeting/greeting'), 5, 'file greeting/greeting is not here'],
    [bySymbol('no.Such'), 5, 'symbol no.Such is not here'],
    [bySymbol(''), 5, 'symbol  is not here'],
    [bySymbol('greeting'), 5, 'symbol greeting is not here'],
    [bySymbol('greeting.GreetingService.No'), 5, 'symbol greeting.GreetingService.No is not here'],
    [bySymbol('greeting.Greeting.no'), 5, 'symbol greeting.Greeting.no is not here'],
    [byExtension('google.protobuf.MethodOptions', 1), 5, 'extension 1 of google.protobuf.MethodOptions is not here'],
    [byExtension('no.Such', 1), 5, 'extension 1 of no.Such is not here'],
    [numbersOf('no.Such'), 5, 'message no.Such is not here'],
  ];
  for (const [request, code, message] of faults) {
    test(`says: ${message}`, () => {
      assert.deepEqual(findDescriptors({ host: '', ...request }, source), { fault: { code, message } });
    });
  }
});
