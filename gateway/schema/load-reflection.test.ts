import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { clone, create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { createUpstream } from '../upstream/create-upstream.ts';
import { readBuiltinFiles } from './builtin-files.ts';
import { loadProtos } from './load-protos.ts';
import { loadReflection } from './load-reflection.ts';
import { loadSchema, readSchema } from './load-schema.ts';
import { type AnswerReflection, notFound, startReflectionServer } from './testing/reflection-server.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const syntax = 'syntax = "proto3";';
const files = {
  'a.proto': `${syntax} package p; import "sub/b.proto"; import "google/api/annotations.proto";
service A { rpc Get(B) returns (B) { option (google.api.http) = {get: "/a/{some_name}"}; } }`,
  'sub/b.proto': `${syntax} package p; import "c.proto"; message B { C c = 1; string some_name = 2; }`,
  'c.proto': `${syntax} package p; message C {} service Unlisted {}`,
};

/** Answers as servers do: one file at a time. */
async function answersFrom(context: TestContext, services: readonly string[]): Promise<AnswerReflection> {
  const folder = temporaryFolder(context, files);
  const loaded = await loadProtos({ protos: Object.keys(files), protoPaths: [folder], builtins: readBuiltinFiles() });
  assert.deepEqual(loaded.faults, []);
  const fileOf = (name: string): FileDescriptorProto | undefined => {
    const known = loaded.files.get(name);
    const found = known && clone(FileDescriptorProtoSchema, known);
    // As C++, Java and Python serve it.
    for (const field of found?.messageType.flatMap((each) => each.field) ?? []) field.jsonName = '';
    return found;
  };
  return ({ messageRequest: { case: kind, value } }) => {
    if (kind === 'listServices') {
      return { case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } };
    }
    const found = fileOf(kind === 'fileContainingSymbol' ? 'a.proto' : String(value));
    if (found === undefined) return notFound(`no ${String(value)}`);
    const fileDescriptorProto = [toBinary(FileDescriptorProtoSchema, found)];
    return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
  };
}

const listed = ['p.A', 'grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

for (const versions of [['v1', 'v1alpha'], ['v1'], ['v1alpha']]) {
  test(`the services of a server are found by ${versions.join(' and ')}`, async (context) => {
    const server = await startReflectionServer(context, versions, await answersFrom(context, listed));
    const { services, bindings, registry } = await loadSchema({ reflection: [server.target] });
    assert.deepEqual(services.map(String), ['service p.A']);
    assert.deepEqual(
      bindings.map(({ template }) => template),
      ['/a/{some_name}'],
    );
    assert.equal(registry.getMessage('p.B')?.field['someName']?.jsonName, 'someName');
    const [version = ''] = versions;
    assert.deepEqual(server.asked, [
      `${version}: listServices *`,
      `${version}: fileContainingSymbol p.A`,
      `${version}: fileByFilename sub/b.proto`,
      `${version}: fileByFilename c.proto`,
    ]);
  });
}

test('the digest is the same for the same answers', async (context) => {
  const server = await startReflectionServer(context, ['v1'], await answersFrom(context, listed));
  const [one, two] = [
    await readSchema({ reflection: [server.target] }),
    await readSchema({ reflection: [server.target] }),
  ];
  assert.equal(one.digest, two.digest);
});

const list: AnswerReflection = () => ({ case: 'listServicesResponse', value: { service: [{ name: 'p.A' }] } });
const file = (bytes: Uint8Array): ReturnType<AnswerReflection> => ({
  case: 'fileDescriptorResponse',
  value: { fileDescriptorProto: [bytes] },
});
const afterList =
  (answer: AnswerReflection): AnswerReflection =>
  (request) =>
    request.messageRequest.case === 'listServices' ? list(request) : answer(request);
const encode = (init: MessageInitShape<typeof FileDescriptorProtoSchema>): Uint8Array =>
  toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, init));

/** What a server answers, and the fault. */
const hostile: Readonly<Record<string, { versions?: string[]; answer: AnswerReflection; fault: string }>> = {
  'no reflection': {
    versions: [],
    answer: () => undefined,
    fault: 'UNIMPLEMENTED: the server knows neither grpc.reflection.v1 nor v1alpha',
  },
  'an end without an answer': { answer: () => undefined, fault: 'UNKNOWN: the server ended the call' },
  'an answer to something else': {
    answer: () => ({ case: 'fileDescriptorResponse', value: {} }),
    fault: 'INTERNAL: the server did not give the list of services when asked for it',
  },
  'no message': { answer: () => Buffer.from([255, 255]), fault: 'INTERNAL: an answer that is no message' },
  'an error that wants to write its own log': {
    answer: () => notFound('a\nb\u001b[31m'),
    fault: 'NOT_FOUND: a b [31m',
  },
  'too many services': {
    answer: () => ({
      case: 'listServicesResponse',
      value: { service: Array.from({ length: 10_001 }, () => ({ name: 'x' })) },
    }),
    fault: 'RESOURCE_EXHAUSTED: the server gives more than 10000 services',
  },
  'a file that is none': {
    answer: afterList(() => file(Buffer.from([255, 255]))),
    fault: 'INTERNAL: a file for p.A that is no descriptor',
  },
  'a file without a name': {
    answer: afterList(() => file(encode({ name: '' }))),
    fault: 'INTERNAL: a file for p.A that is no descriptor',
  },
  'another file than asked for': {
    answer: afterList(() => file(encode({ name: 'x.proto', package: 'q' }))),
    fault: 'INTERNAL: the server did not give the file of p.A when asked for it',
  },
  'a service unlike a name': {
    answer: ({ messageRequest }) =>
      messageRequest.case === 'listServices'
        ? { case: 'listServicesResponse', value: { service: [{ name: '../../etc/passwd' }] } }
        : notFound(''),
    fault: 'NOT_FOUND: ',
  },
};

test('a server that cannot be trusted ends in a fault', async (context) => {
  for (const [name, { versions = ['v1'], answer, fault }] of Object.entries(hostile)) {
    await context.test(name, async (each) => {
      const { target } = await startReflectionServer(each, versions, answer);
      const { faults } = await readSchema({ reflection: [target] });
      assert.deepEqual(faults, [`server: reflection: ${fault}`]);
    });
  }
});

test('imports without end are cut off', async (context) => {
  let count = 0;
  const { target } = await startReflectionServer(context, ['v1'], (request) => {
    if (request.messageRequest.case === 'listServices') return list(request);
    count += 1;
    const service = count === 1 ? [{ name: 'A' }] : [];
    return file(encode({ name: `${count - 1}.proto`, package: 'p', dependency: [`${count}.proto`], service }));
  });
  const { faults } = await loadReflection(target, readBuiltinFiles(), { files: 100 });
  assert.deepEqual(faults, ['server: reflection: RESOURCE_EXHAUSTED: the server gives more than 100 files']);
});

test('a server that never answers is given up', async (context) => {
  const { target } = await startReflectionServer(context, ['v1'], () => []);
  const { faults } = await loadReflection(target, readBuiltinFiles(), { timeoutMs: 50 });
  assert.deepEqual(faults, ['server: reflection: DEADLINE_EXCEEDED: context deadline exceeded']);
});

test('a server that is away is a fault', async () => {
  const upstream = createUpstream('127.0.0.1:1');
  const { faults } = await loadReflection({ name: 'server', upstream }, readBuiltinFiles());
  await upstream.close(0);
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? '', /^server: reflection: UNAVAILABLE: /);
});
