import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getOption } from '@bufbuild/protobuf';
import { http } from '../gen/google/api/annotations_pb.ts';
import { loadSchema, readSchema, type SchemaSources } from './load-schema.ts';
import { protoLimits } from './read-protos.ts';
import { SchemaError } from './schema.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const protoPaths = [join(import.meta.dirname, '../../proto')];
const annotations = 'import "google/api/annotations.proto";\n';

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
  const [method] = service.methods;
  assert.ok(method);
  assert.equal(getOption(method, http).additionalBindings.length, 2);
});

test('a file may be given by its path on disk', async () => {
  const [folder = ''] = protoPaths;
  const { services } = await loadSchema({ protos: [join(folder, 'greeting/greeting.proto')], protoPaths });
  assert.deepEqual(services.map(String), ['service greeting.GreetingService']);
});

test('built-in files are there without being asked for', async () => {
  const { registry } = await loadSchema({});
  for (const name of ['google.protobuf.Timestamp', 'google.api.HttpBody', 'google.rpc.Status', 'google.protobuf.Any']) {
    assert.ok(registry.getMessage(name), name);
  }
});

test('a built-in service can be asked for', async () => {
  const { services } = await loadSchema({ protos: ['grpc/health/v1/health.proto'], protoPaths: [] });
  assert.deepEqual(services.map(String), ['service grpc.health.v1.Health']);
});

test('a file on the proto paths takes the place of a built-in one', async (context) => {
  const folder = temporaryFolder(context, {
    'google/rpc/status.proto': 'syntax = "proto3"; package google.rpc; message Status { string mine = 1; }',
    'a.proto': 'syntax = "proto3"; import "google/rpc/status.proto"; message M { google.rpc.Status s = 1; }',
  });
  const { registry } = await loadSchema({ protos: ['a.proto'], protoPaths: [folder] });
  assert.deepEqual(registry.getMessage('google.rpc.Status')?.fields.map(String), ['field google.rpc.Status.mine']);
});

test('the first of the proto paths counts', async (context) => {
  const folder = temporaryFolder(context, {
    'one/a.proto': 'syntax = "proto3"; package one; service S {}',
    'two/a.proto': 'syntax = "proto3"; package two; service S {}',
  });
  const paths = ['two', 'one'].map((each) => join(folder, each));
  const { services } = await loadSchema({ protos: ['a.proto'], protoPaths: paths });
  assert.deepEqual(services.map(String), ['service two.S']);
});

test('methods without a rule are served only when that is asked for', async (context) => {
  const folder = temporaryFolder(context, {
    'a.proto': 'syntax = "proto3"; package p; message M {} service S { rpc A(M) returns (M); }',
  });
  const sources = { protos: ['a.proto'], protoPaths: [folder] };
  assert.deepEqual((await loadSchema(sources)).bindings, []);
  const { bindings } = await loadSchema({ ...sources, unboundMethods: true });
  assert.deepEqual(
    bindings.map(({ method, ...rest }) => [String(method), rest]),
    [['rpc p.S.A', { httpMethod: 'POST', template: '/p.S/A', body: '*', responseBody: '', source: 'a.proto: p.S.A' }]],
  );
});

const syntax = 'syntax = "proto3";';

/** Files, and every fault that loading all of them gives. */
const faulty: Readonly<Record<string, { files: Record<string, string>; asked?: string[]; faults: string[] }>> = {
  'missing file': { files: {}, asked: ['a.proto'], faults: ['a.proto: "a.proto" is not in FOLDER'] },
  'missing import': {
    files: { 'a.proto': `${syntax}\nimport "b.proto";\nmessage M { B b = 1; }` },
    faults: ['a.proto:2:8: "b.proto" is not in FOLDER'],
  },
  'imports that lead outside': {
    files: { 'a.proto': `${syntax}\nimport "../b.proto";\n import "/etc/c.proto"; import "d//e.proto";` },
    faults: [
      'a.proto:2:8: "../b.proto" leads outside the proto paths',
      'a.proto:3:9: "/etc/c.proto" leads outside the proto paths',
      'a.proto:3:32: "d//e.proto" leads outside the proto paths',
    ],
  },
  'imports in a circle': {
    files: { 'a.proto': `${syntax} import "b.proto";`, 'b.proto': `${syntax} import "a.proto";` },
    faults: ['b.proto:1:27: imports lead back to this file'],
  },
  'every file with a syntax error, and what is wrong elsewhere': {
    files: {
      'a.proto': 'syntax = "proto3"',
      'b.proto': `${syntax}\nmessage`,
      'c.proto': `${syntax} message C { Missing m = 1; }`,
      'd.proto': `${syntax} message D { int32 a = 0; }`,
    },
    faults: [
      'a.proto:1:18: expected ";", found the end of the file',
      'b.proto:2:8: expected the name of a message, found the end of the file',
      'c.proto:1:32: "Missing" is not defined',
      'd.proto:1:38: number 0 is not in 1 to 536870911',
    ],
  },
  'names that are not defined': {
    files: {
      'a.proto': `${syntax} import "b.proto"; package p;
message M {
  Missing a = 1;
  .M b = 2;
  q.N c = 3;
  Inner.Deeper d = 4;
  message Inner {}
  map<string, Missing> e = 5;
}
service S {
  rpc A(Missing) returns (stream E);
}
enum E { Z = 0; }
extend Missing { int32 x = 1; }
extend google.protobuf.MessageOptions { int32 y = 1; }`,
      'b.proto': `${syntax} import "c.proto";`,
      'c.proto': `${syntax} package q; message N {}`,
    },
    faults: [
      'a.proto:3:3: "Missing" is not defined',
      'a.proto:4:3: ".M" is not defined',
      'a.proto:5:3: "q.N" is not defined: it is in c.proto, which is not imported',
      'a.proto:6:3: "Inner.Deeper" is not defined',
      'a.proto:8:15: "Missing" is not defined',
      'a.proto:11:9: "Missing" is not defined',
      'a.proto:11:34: "E" is not a message but the enum p.E',
      'a.proto:14:8: "Missing" is not defined',
      'a.proto:15:8: "google.protobuf.MessageOptions" is not defined',
    ],
  },
  'declarations that do not go together': {
    files: {
      'a.proto': `${syntax} package p;
message M {
  reserved 5, 10 to 20;
  reserved "gone";
  int32 a = 1;
  int32 b = 1;
  int32 a = 2;
  int32 c = 5;
  int32 gone = 6;
  int32 d = 19500;
  int32 some_name = 7;
  int32 someName = 8;
  oneof d { int32 e = 9; }
  message c {}
}
message M {}
enum E { Y = 1; Z = 1; reserved 3; reserved "Q"; Q = 3; }
enum F { Y = 0; }
enum G {}
service S { rpc A(M) returns (M); rpc A(M) returns (M); }`,
    },
    faults: [
      'a.proto:6:9: number 1 is that of "a" already',
      'a.proto:7:9: "a" is declared already',
      'a.proto:8:9: number 5 is reserved',
      'a.proto:9:9: name "gone" is reserved',
      'a.proto:10:9: number 19500 is kept for protobuf itself',
      'a.proto:13:9: "d" is declared already',
      'a.proto:12:9: JSON name "someName" is that of "some_name" already',
      'a.proto:14:11: "c" is declared already',
      'a.proto:16:9: "M" is declared already',
      'a.proto:17:10: the first value of a proto3 enum must be 0',
      'a.proto:17:17: number 1 is that of "Y" already, and allow_alias is not set',
      'a.proto:17:50: number 3 is reserved',
      'a.proto:17:50: name "Q" is reserved',
      'a.proto:18:10: "Y" is declared already',
      'a.proto:19:6: an enum needs a value',
      'a.proto:20:39: "A" is declared already',
    ],
  },
  'a name in two files': {
    files: { 'a.proto': `${syntax} message M {}`, 'b.proto': `${syntax} message M {}` },
    faults: ['b.proto: M is defined in a.proto already'],
  },
  'custom options': {
    files: {
      'a.proto': `${syntax}\n${annotations}message M {}
service S {
  rpc A(M) returns (M) { option (missing) = 1; }
  rpc B(M) returns (M) { option (google.api.http) = { fetch: "/b" }; }
  rpc C(M) returns (M) { option (google.api.http) = { get: "/c" put: "/d" }; }
  rpc D(M) returns (M) { option (google.api.http).get = 7; }
}`,
    },
    faults: [
      'a.proto:5:33: option (missing) is not defined',
      'a.proto:6:33: option (google.api.http): unknown field "fetch" for message google.api.HttpRule',
      'a.proto:7:33: option (google.api.http): oneof "pattern" is already set',
      'a.proto:8:33: option (google.api.http).get: expected a string, got "7"',
    ],
  },
  'HTTP rules': {
    files: {
      'a.proto': `${syntax}\n${annotations}package p;
import "google/protobuf/timestamp.proto";
message M {
  string name = 1; M inner = 2; repeated M inners = 3; map<string, string> map = 4;
  google.protobuf.Timestamp time = 5; repeated string names = 6;
}
service S {
  rpc A(M) returns (M) { option (google.api.http) = { body: "*" }; }
  rpc B(M) returns (M) { option (google.api.http) = { post: "" body: "missing" response_body: "gone" }; }
  rpc C(M) returns (M) { option (google.api.http) = { get: "/{name}/{inner.nothing=x/*}/{name.more}/{inner}" }; }
  rpc D(M) returns (M) { option (google.api.http) = { get: "/{inners.name}/{map.key}/{map}/{inners}" }; }
  rpc E(M) returns (M) { option (google.api.http) = { get: "/e" additional_bindings { custom { path: "/f" } additional_bindings { get: "/g" } } }; }
  rpc F(M) returns (M) { option (google.api.http) = { get: "/{time}/{names}/{inner.inner.name}" }; }
  rpc G(M) returns (M) { option (google.api.http) = { post: "/g" body: "inner.inner" response_body: "inner.names" }; }
  rpc H(M) returns (M) { option (google.api.http) = { post: "/h" body: "inners.name" response_body: "inner.gone" }; }
  rpc I(M) returns (M) { option (google.api.http) = { get: "/i" response_body: "*" }; }
  rpc J(M) returns (M) { option (google.api.http) = { get: "/j/{name=x/*" additional_bindings { post: "j" body: "missing" } }; }
}`,
    },
    faults: [
      'a.proto: p.S.A: the rule has no get, put, post, delete, patch or custom',
      'a.proto: p.S.B: the path is empty',
      'a.proto: p.S.B: body "missing" is not a field of p.M',
      'a.proto: p.S.B: response_body "gone" is not a field of p.M',
      'a.proto: p.S.C: path "/{name}/{inner.nothing=x/*}/{name.more}/{inner}": variable "inner.nothing": p.M has no field "nothing", at column 10',
      'a.proto: p.S.C: path "/{name}/{inner.nothing=x/*}/{name.more}/{inner}": variable "name.more": "name" holds no fields, at column 30',
      'a.proto: p.S.C: path "/{name}/{inner.nothing=x/*}/{name.more}/{inner}": variable "inner" cannot be written in a path, at column 42',
      'a.proto: p.S.D: path "/{inners.name}/{map.key}/{map}/{inners}": variable "inners.name": "inners" holds no fields, at column 3',
      'a.proto: p.S.D: path "/{inners.name}/{map.key}/{map}/{inners}": variable "map.key": "map" holds no fields, at column 17',
      'a.proto: p.S.D: path "/{inners.name}/{map.key}/{map}/{inners}": variable "map" cannot be written in a path, at column 27',
      'a.proto: p.S.D: path "/{inners.name}/{map.key}/{map}/{inners}": variable "inners" cannot be written in a path, at column 33',
      'a.proto: p.S.E: additional_bindings may not hold additional_bindings',
      'a.proto: p.S.E: the custom pattern has no kind',
      'a.proto: p.S.H: body "inners.name" is not a field of p.M',
      'a.proto: p.S.H: response_body "inner.gone" is not a field of p.M',
      `a.proto: p.S.J: path "/j/{name=x/*": expected '}' at column 13`,
      `a.proto: p.S.J: path "j": expected '/' at column 1`,
      'a.proto: p.S.J: body "missing" is not a field of p.M',
    ],
  },
};

test('everything that is wrong is told at once', async (context) => {
  for (const [name, { files, asked, faults }] of Object.entries(faulty)) {
    await context.test(name, async (each) => {
      const folder = temporaryFolder(each, files);
      assert.deepEqual(
        await faultsOf({ protos: asked ?? Object.keys(files), protoPaths: [folder] }),
        faults.map((fault) => fault.replace('FOLDER', folder)),
      );
    });
  }
});

test('files that are too large, and what is no file, are not read', async (context) => {
  const folder = temporaryFolder(context, { 'large.proto': '', 'folder.proto/a': '' });
  truncateSync(join(folder, 'large.proto'), protoLimits.fileBytes + 1);
  assert.deepEqual(await faultsOf({ protos: ['large.proto', 'folder.proto'], protoPaths: [folder] }), [
    'large.proto: larger than 16777216 bytes',
    `folder.proto: "folder.proto" is not in ${folder}`,
  ]);
});

test('faults without end are cut short', async (context) => {
  const messages = Array.from({ length: 30 }, (_, index) => `message M${index} { ${'Gone f = 0;'.repeat(50)} }`);
  const files = Array.from({ length: 12 }, (_, index) => `${index}.proto`);
  const folder = temporaryFolder(
    context,
    Object.fromEntries(files.map((name) => [name, `syntax = "proto3"; package p${name[0]}; ${messages.join(' ')}`])),
  );
  const faults = await faultsOf({ protos: files, protoPaths: [folder] });
  assert.equal(faults.length, 1001);
  assert.equal(faults.at(-1), '…');
});

test('loadSchema throws the faults', async (context: TestContext) => {
  const folder = temporaryFolder(context, { 'a.proto': 'message' });
  await assert.rejects(
    loadSchema({ protos: ['a.proto'], protoPaths: [folder] }),
    new SchemaError(['a.proto:1:8: expected the name of a message, found the end of the file']),
  );
});

async function faultsOf(sources: SchemaSources): Promise<readonly string[]> {
  return (await readSchema(sources)).faults;
}
