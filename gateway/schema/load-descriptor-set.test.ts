import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { loadSchema, readSchema } from './load-schema.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

type FileInit = NonNullable<MessageInitShape<typeof FileDescriptorSetSchema>['file']>[number];

function encode(...file: FileInit[]): Uint8Array {
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
}

const string = { name: 'some_name', number: 1, label: Label.OPTIONAL, type: Type.STRING };
const message = { name: 'M', field: [string] };
const service = { name: 'S', method: [{ name: 'A', inputType: '.p.M', outputType: '.p.M' }] };
const file = { name: 'a.proto', package: 'p', syntax: 'proto3', messageType: [message], service: [service] };

test('a set is read from a file or from bytes', async (context) => {
  const path = join(temporaryFolder(context, { 'a.binpb': encode(file) }), 'a.binpb');
  for (const set of [path, encode(file)]) {
    const { services } = await loadSchema({ descriptorSets: [set] });
    assert.deepEqual(services.map(String), ['service p.S']);
  }
});

test('JSON names that are missing are derived', async () => {
  const { registry } = await loadSchema({ descriptorSets: [encode(file)] });
  assert.equal(registry.getMessage('p.M')?.fields[0]?.jsonName, 'someName');
});

test('source info is left out', async () => {
  const set = encode({ ...file, sourceCodeInfo: { location: [{ leadingComments: 'long' }] } });
  const { registry } = await loadSchema({ descriptorSets: [set] });
  assert.equal(registry.getFile('a.proto')?.proto.sourceCodeInfo, undefined);
});

test('imports may stand after what imports them, or be built in', async () => {
  const importing = { name: 'b.proto', dependency: ['a.proto', 'google/rpc/status.proto'] };
  const { registry } = await loadSchema({ descriptorSets: [encode(importing, file)] });
  assert.deepEqual(registry.getFile('b.proto')?.dependencies.map(String), [
    'file a.proto',
    'file google/rpc/status.proto',
  ]);
});

test('a file that two sets hold is taken once', async () => {
  const other = { name: 'b.proto', package: 'p', dependency: ['a.proto'], service: [{ name: 'T' }] };
  const { services } = await loadSchema({ descriptorSets: [encode(file), encode(file, other)] });
  assert.deepEqual(services.map(String), ['service p.S', 'service p.T']);
});

test('a copy of a file under another name is taken for the file', async () => {
  const copy = { ...file, name: 'copies/a.proto' };
  const other = { name: 'b.proto', package: 'q', dependency: ['copies/a.proto'], service: [{ ...service, name: 'T' }] };
  const health = {
    name: 'grpc_health/v1/health.proto',
    package: 'grpc.health.v1',
    messageType: [{ name: 'HealthCheckRequest' }],
  };
  const { services, registry } = await loadSchema({ descriptorSets: [encode(file), encode(other, copy, health)] });
  assert.deepEqual(services.map(String), ['service p.S', 'service q.T']);
  assert.deepEqual(registry.getFile('b.proto')?.dependencies.map(String), ['file a.proto']);
  assert.equal(registry.getMessage('grpc.health.v1.HealthCheckRequest')?.file.name, 'grpc_health/v1/health');
});

test('of two versions of a file the first is taken', async () => {
  const newer = { ...message, field: [string, { ...string, name: 'other', number: 2 }] };
  const sets = [encode(file), encode({ ...file, messageType: [newer] })];
  const { registry } = await loadSchema({ descriptorSets: sets });
  assert.equal(registry.getMessage('p.M')?.fields.length, 1);
});

const field = { name: 'f', number: 1, label: Label.OPTIONAL, type: Type.MESSAGE, typeName: '.p.Gone' };

/** Sets and the faults of loading them together. */
const faulty: Readonly<Record<string, { sets: (string | Uint8Array)[]; faults: string[] }>> = {
  'no file': {
    sets: ['/missing.binpb'],
    faults: ['/missing.binpb: cannot be read as a FileDescriptorSet: there is no such file'],
  },
  'a folder': { sets: ['/'], faults: ['/: cannot be read as a FileDescriptorSet: there is no such file'] },
  'nothing in it': {
    sets: [new Uint8Array()],
    faults: ['descriptor set: cannot be read as a FileDescriptorSet: it holds no files'],
  },
  'a missing import': {
    sets: [encode({ name: 'a.proto', dependency: ['b.proto'] })],
    faults: ['descriptor set: a.proto: import "b.proto" is missing'],
  },
  'imports in a circle': {
    sets: [encode({ name: 'a.proto', dependency: ['b.proto'] }, { name: 'b.proto', dependency: ['a.proto'] })],
    faults: ['descriptor set: b.proto: import "a.proto" leads back to it'],
  },
  'a name that is none': {
    sets: [encode({ name: 'a.proto', package: 'p', messageType: [{ name: 'M();' }] })],
    faults: ['a.proto: p: "M();" is not a name'],
  },
  'a package that is no name': {
    sets: [encode({ name: 'a.proto', package: '../p' })],
    faults: ['a.proto: package "../p" is not a name'],
  },
  'types that are not defined': {
    sets: [
      encode({
        name: 'a.proto',
        package: 'p',
        messageType: [{ name: 'M', field: [field] }],
        service: [{ name: 'S', method: [{ name: 'A', inputType: '.p.M', outputType: '.p.S' }] }],
      }),
    ],
    faults: ['a.proto: p.M.f: type ".p.Gone" is not defined', 'a.proto: p.S.A: type ".p.S" is not defined'],
  },
  'two files of one name': {
    sets: [encode(file), encode({ name: 'a.proto', package: 'q', messageType: [message] })],
    faults: ['descriptor set: a.proto is not the file of that name in descriptor set'],
  },
  'two versions of a file that contradict each other': {
    sets: [encode(file), encode({ ...file, messageType: [{ ...message, field: [{ ...string, type: Type.BYTES }] }] })],
    faults: ['descriptor set: a.proto is not the file of that name in descriptor set'],
  },
  'two files with the same name in them': {
    sets: [encode(file), encode({ name: 'b.proto', package: 'p', messageType: [message, { name: 'N' }] })],
    faults: ['b.proto: p.M is defined in a.proto already'],
  },
  'a default that cannot be read': {
    sets: [
      encode({
        name: 'a.proto',
        messageType: [{ name: 'M', field: [{ ...string, type: Type.INT64, defaultValue: 'x' }] }],
      }),
    ],
    faults: ['a.proto: field M.some_name: default "x" is not of its type'],
  },
  'an edition from the future': {
    sets: [encode({ name: 'a.proto', syntax: 'editions', edition: 99_999 })],
    faults: ['a.proto: unsupported edition'],
  },
};

test('what is wrong with sets is told', async (context) => {
  for (const [name, { sets, faults }] of Object.entries(faulty)) {
    await context.test(name, async () => {
      assert.deepEqual((await readSchema({ descriptorSets: sets })).faults, faults);
    });
  }
});
