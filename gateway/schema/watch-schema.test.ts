import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { SchemaSources } from './load-schema.ts';
import { type Schema, SchemaError } from './schema.ts';
import { startReflectionServer } from './testing/reflection-server.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { type SchemaWatcher, type WatchSchemaOptions, watchSchema } from './watch-schema.ts';

/** A file with one service of this name. */
const proto = (service: string): string => `syntax = "proto3"; package p; service ${service} {}`;

interface Watched {
  readonly watcher: SchemaWatcher;
  /** The next thing that the watcher tells: service names, or faults. */
  next(): Promise<string>;
  /** What was told and not asked for. */
  readonly told: readonly string[];
}

/** A watcher that closes with the test. */
async function start(
  context: TestContext,
  sources: SchemaSources,
  options: Partial<WatchSchemaOptions> = {},
): Promise<Watched> {
  const told: string[] = [];
  let wake = (): void => undefined;
  const tell = (what: string): void => {
    told.push(what);
    wake();
  };
  const watcher = await watchSchema(sources, {
    settleMs: 5,
    onChange: (schema) => tell(namesOf(schema)),
    onFault: (error) => tell(error.faults.join('; ')),
    ...options,
  });
  context.after(() => watcher.close());
  const next = async (): Promise<string> => {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        // Keeps the process alive: the watcher itself does not.
        const alive = setInterval(() => undefined, 1000);
        wake = () => {
          clearInterval(alive);
          resolve();
        };
      });
    }
    return told.shift() ?? '';
  };
  return { watcher, next, told };
}

const namesOf = ({ services }: Schema): string => services.map(({ typeName }) => typeName).join(', ');

test('a schema that does not load at first is refused', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': 'nonsense' });
  await assert.rejects(
    start(context, { protos: ['a.proto'], protoPaths: [folder] }),
    new SchemaError(['a.proto:1:1: expected a declaration, found "nonsense"']),
  );
});

test('files that are written, replaced by a rename, broken and mended are followed', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': proto('One'), 'sub/b.proto': proto('B') });
  const path = join(folder, 'a.proto');
  const { watcher, next } = await start(context, { protos: ['a.proto', 'sub/b.proto'], protoPaths: [folder] });
  assert.equal(namesOf(watcher.current), 'p.One, p.B');

  writeFileSync(path, proto('Two'));
  assert.equal(await next(), 'p.Two, p.B');

  writeFileSync(join(folder, '.a.proto.swp'), proto('Three'));
  renameSync(join(folder, '.a.proto.swp'), path);
  assert.equal(await next(), 'p.Three, p.B');

  writeFileSync(path, 'message');
  assert.equal(await next(), 'a.proto:1:8: expected the name of a message, found the end of the file');
  assert.equal(namesOf(watcher.current), 'p.Three, p.B');

  rmSync(path);
  assert.equal(await next(), `a.proto: "a.proto" is not in ${folder}`);

  writeFileSync(path, proto('Four'));
  assert.equal(await next(), 'p.Four, p.B');

  writeFileSync(join(folder, 'sub/b.proto'), proto('C'));
  assert.equal(await next(), 'p.Four, p.C');
});

test('a folder that is put in the place of another is followed', async (context) => {
  const folder = temporaryFolder(context, { 'now/a.proto': proto('One'), 'later/a.proto': proto('Two') });
  const sources = { protos: ['a.proto'], protoPaths: [join(folder, 'now')] };
  const { watcher, next } = await start(context, sources);
  renameSync(join(folder, 'now'), join(folder, 'before'));
  renameSync(join(folder, 'later'), join(folder, 'now'));
  await watcher.reload();
  assert.equal(await next(), 'p.Two');
  writeFileSync(join(folder, 'now/a.proto'), proto('Three'));
  assert.equal(await next(), 'p.Three');
});

test('files behind a link that is switched are followed, as in a mounted ConfigMap', async (context) => {
  const folder = temporaryFolder(context, { '..1/a.proto': proto('One'), '..2/a.proto': proto('Two') });
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/a.proto', join(folder, 'a.proto'));
  const { next } = await start(context, { protos: ['a.proto'], protoPaths: [folder] });
  symlinkSync('..2', join(folder, '..new'));
  renameSync(join(folder, '..new'), join(folder, '..data'));
  assert.equal(await next(), 'p.Two');
});

test('a file that takes the place of one further down the proto paths is seen', async (context) => {
  const folder = temporaryFolder(context, { 'second/sub/a.proto': proto('One') });
  mkdirSync(join(folder, 'first'));
  const protoPaths = ['first', 'second'].map((each) => join(folder, each));
  const { next } = await start(context, { protos: ['sub/a.proto'], protoPaths });
  mkdirSync(join(folder, 'unseen/sub'), { recursive: true });
  writeFileSync(join(folder, 'unseen/sub/a.proto'), proto('Two'));
  renameSync(join(folder, 'unseen/sub'), join(folder, 'first/sub'));
  assert.equal(await next(), 'p.Two');
});

test('descriptor sets and API configurations are followed', async (context) => {
  const rules = (template: string): string => `http: { rules: [{ selector: p.S.A, get: "${template}" }] }`;
  const folder = temporaryFolder(context, {
    'a.proto': 'syntax = "proto3"; package p; message M {} service S { rpc A(M) returns (M); }',
    'b.binpb': toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [{ name: 'b.proto' }] })),
    'api.yaml': rules('/one'),
  });
  const { watcher, next } = await start(context, {
    protos: ['a.proto'],
    protoPaths: [folder],
    descriptorSets: [join(folder, 'b.binpb')],
    apiConfigs: [join(folder, 'api.yaml')],
  });
  writeFileSync(join(folder, 'api.yaml'), rules('/two'));
  assert.equal(await next(), 'p.S');
  assert.equal(watcher.current.bindings[0]?.template, '/two');
  writeFileSync(join(folder, 'b.binpb'), 'nonsense');
  assert.match(await next(), /b\.binpb: cannot be read as a FileDescriptorSet: /);
});

test('a schema that its taker refuses is not taken over', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': proto('One') });
  const faults: string[] = [];
  const { watcher } = await start(
    context,
    { protos: ['a.proto'], protoPaths: [folder] },
    {
      watchFiles: false,
      onChange: () => {
        throw new SchemaError(['no']);
      },
      onFault: (error) => faults.push(...error.faults),
    },
  );
  writeFileSync(join(folder, 'a.proto'), proto('Two'));
  await watcher.reload();
  assert.equal(namesOf(watcher.current), 'p.One');
  await watcher.reload();
  assert.deepEqual(faults, ['no', 'no']);
});

test('subscribers are told too, may refuse, and are left alone once they unsubscribe', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': proto('One') });
  const sources = { protos: ['a.proto'], protoPaths: [folder] };
  const { watcher, told } = await start(context, sources, { watchFiles: false });
  const heard: string[] = [];
  const unsubscribe = watcher.subscribe((schema) => {
    heard.push(namesOf(schema));
    if (heard.length === 2) throw new SchemaError(['no']);
  });
  for (const service of ['Two', 'Three', 'Four']) {
    writeFileSync(join(folder, 'a.proto'), proto(service));
    await watcher.reload();
    if (service === 'Three') unsubscribe();
  }
  assert.deepEqual(heard, ['p.Two', 'p.Three']);
  assert.deepEqual(told, ['p.Two', 'no', 'p.Four']);
});

test('without a change nothing is told; loads asked for at once are one', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': proto('One') });
  const { watcher, told } = await start(context, { protos: ['a.proto'], protoPaths: [folder] }, { watchFiles: false });
  await watcher.reload();
  assert.deepEqual(told, []);
  writeFileSync(join(folder, 'a.proto'), proto('Two'));
  await Promise.all([watcher.reload(), watcher.reload(), watcher.reload()]);
  assert.deepEqual(told, ['p.Two']);
});

test('after close nothing is told', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': proto('One') });
  const { watcher, told } = await start(context, { protos: ['a.proto'], protoPaths: [folder] });
  writeFileSync(join(folder, 'a.proto'), proto('Two'));
  const reloaded = watcher.reload();
  await watcher.close();
  await reloaded;
  await watcher.reload();
  assert.deepEqual(told, []);
});

test('servers with reflection are asked at an interval', async (context) => {
  let service = 'p.One';
  let lists = 0;
  const { target } = await startReflectionServer(context, ['v1'], ({ messageRequest: { case: kind, value } }) => {
    if (kind === 'listServices') {
      lists += 1;
      return { case: 'listServicesResponse', value: { service: service === '' ? [] : [{ name: service }] } };
    }
    const file = create(FileDescriptorProtoSchema, {
      name: 'a.proto',
      package: 'p',
      service: [{ name: String(value).slice(2) }],
    });
    const fileDescriptorProto = [toBinary(FileDescriptorProtoSchema, file)];
    return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
  });
  const { next, told } = await start(context, { reflection: [target] }, { intervalMs: 5 });
  while (lists < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(told, []);
  service = 'p.Two';
  assert.equal(await next(), 'p.Two');
  service = '';
  assert.equal(await next(), '');
});
