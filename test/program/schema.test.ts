import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { loadSchema } from '../../gateway/schema/load-schema.ts';
import { addReflection } from '../../gateway/schema/testing/reflection-server.ts';
import { fixtures, type LibraryServer, startLibraryServer } from '../support/library-server.ts';
import { type GatewayProcess, runGateway, startGatewayProcess } from './run-gateway.ts';

let library: LibraryServer;
before(async () => {
  library = await startLibraryServer();
});
after(() => library.close());

/** A proto of the library's GetBook alone, under this path. */
function libraryProto(path: string): string {
  return `syntax = "proto3";
package library.v1;
import "google/api/annotations.proto";
message Book { string name = 1; string title = 2; }
message GetBookRequest { string name = 1; }
service Library {
  rpc GetBook(GetBookRequest) returns (Book) { option (google.api.http) = {get: "${path}"}; }
}
`;
}

describe('the schema while the program runs', { timeout: 60_000 }, () => {
  async function started(
    context: TestContext,
    ...flags: string[]
  ): Promise<{ gateway: GatewayProcess; write: (text: string) => void }> {
    const folder = mkdtempSync(join(tmpdir(), 'protogate-schema-'));
    const write = (text: string) => writeFileSync(join(folder, 'library.proto'), text);
    write(libraryProto('/old/{name}'));
    const schema = ['--proto', 'library.proto', '--proto-path', folder];
    const gateway = await startGatewayProcess([...schema, '--upstream', library.target, ...flags]);
    context.after(async () => {
      await gateway.stop();
      rmSync(folder, { recursive: true });
    });
    return { gateway, write };
  }

  const statusesOf = ({ address }: GatewayProcess) =>
    Promise.all(['/old/1', '/new/1'].map(async (path) => (await fetch(address + path)).status));

  test('is loaded again on SIGHUP; one with faults is logged and the old one stays', async (context) => {
    const { gateway, write } = await started(context, '--no-watch');
    assert.deepEqual(await statusesOf(gateway), [200, 404]);
    write(libraryProto('/new/{name'));
    gateway.child.kill('SIGHUP');
    const fault = await gateway.logged({ level: 'error', message: 'no new schema could be loaded; the old one stays' });
    assert.match(String(fault['faults']), /library\.v1\.Library\.GetBook.*\/new\/\{name/);
    assert.deepEqual(await statusesOf(gateway), [200, 404]);
    write(libraryProto('/new/{name}'));
    gateway.child.kill('SIGHUP');
    const { services, methods, routes } = await gateway.logged({ message: 'serving the new schema' });
    assert.deepEqual({ services, methods, routes }, { services: 1, methods: 1, routes: 1 });
    assert.deepEqual(await statusesOf(gateway), [404, 200]);
  });

  test('a route that the gateway hides is warned of, with the setting that moves what hides it', async (context) => {
    const { gateway, write } = await started(context, '--metrics-path', '/old/metrics');
    write(libraryProto('/healthz'));
    const hidden = (path: string, flag: string) =>
      `GET ${path} of library.proto: library.v1.Library.GetBook is hidden by the gateway's own; move that with --${flag}`;
    await gateway.logged({ level: 'warn', message: hidden('/healthz', 'healthz-path') });
    write(libraryProto('/old/metrics'));
    await gateway.logged({ level: 'warn', message: hidden('/old/metrics', 'metrics-path') });
  });

  test('is loaded again when a file changes', async (context) => {
    const { gateway, write } = await started(context);
    write(libraryProto('/new/{name}'));
    await gateway.logged({ message: 'serving the new schema' });
    assert.deepEqual(await statusesOf(gateway), [404, 200]);
  });
});

test('faults of the schema and of its routes are told together', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'protogate-faults-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'faulty.proto'),
    `syntax = "proto3";
package faulty;
import "google/api/annotations.proto";
message Thing { string name = 1; }
service Things {
  rpc Template(Thing) returns (Thing) { option (google.api.http) = {get: "/v1/{name"}; }
  rpc Both(Thing) returns (Thing) { option (google.api.http) = {post: "/v1//x" body: "no_such"}; }
}
service Others {
  rpc Upstream(Thing) returns (Thing) { option (google.api.http) = {get: "/v1/others"}; }
}
`,
  );
  const flags = ['--proto', 'faulty.proto', '--proto-path', folder, '--upstream', 'faulty.Things=127.0.0.1:1'];
  const ended = await runGateway(flags);
  assert.deepEqual(
    { exitCode: ended.exitCode, faults: ended.stderr.split('\n') },
    {
      exitCode: 2,
      faults: [
        `faulty.proto: faulty.Things.Template: path "/v1/{name": expected '}' at column 10`,
        'faulty.proto: faulty.Things.Both: path "/v1//x": expected a segment at column 5',
        'faulty.proto: faulty.Things.Both: body "no_such" is not a field of faulty.Thing',
        'faulty.proto: faulty.Others.Upstream: no upstream for faulty.Others',
        '',
      ],
    },
  );
});

describe('where the schema comes from', { timeout: 60_000 }, () => {
  test('a descriptor set', async () => {
    const set = join(import.meta.dirname, '..', 'vectors', 'vectors.binpb');
    const gateway = await startGatewayProcess(['--descriptor-set', set, '--upstream', library.target]);
    await gateway.stop();
    assert.ok(Number(gateway.ready['routes']) > 10);
  });

  describe('reflection', () => {
    let files: readonly Uint8Array[];
    before(async () => {
      const { registry } = await loadSchema({ protos: ['library/v1/library.proto'], protoPaths: [fixtures] });
      files = [...registry.files].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
    });

    /** A server of the library that tells, or does not tell, of it by reflection. */
    async function startReflecting(context: TestContext, tells: boolean): Promise<LibraryServer> {
      const service = tells ? [{ name: 'library.v1.Library' }] : [];
      const server = await startLibraryServer((grpc) =>
        addReflection(grpc, ['v1'], ({ messageRequest }) =>
          messageRequest.case === 'listServices'
            ? { case: 'listServicesResponse', value: { service } }
            : { case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...files] } },
        ),
      );
      context.after(() => server.close());
      return server;
    }

    async function start(context: TestContext, ...upstreams: readonly string[]): Promise<GatewayProcess> {
      const flags = upstreams.flatMap((upstream) => ['--upstream', upstream]);
      const gateway = await startGatewayProcess(['--reflection', '--unbound-methods', ...flags]);
      context.after(() => gateway.stop());
      return gateway;
    }

    test('of one server', async (context) => {
      const server = await startReflecting(context, true);
      const { services, methods } = (await start(context, server.target)).ready;
      assert.deepEqual({ services, methods }, { services: 1, methods: 9 });
    });

    /** Who tells of the library: the default upstream, and the one of `service`. */
    const cases = [
      { told: [true, true], service: 'other.Service', called: 'default' },
      { told: [false, true], service: 'other.Service', called: 'other' },
      { told: [true, false], service: 'library.v1.Library', called: 'other' },
    ] as const;
    for (const { told, service, called } of cases) {
      test(`of two servers: ${told} told, upstream for ${service}: ${called} is called`, async (context) => {
        const [byDefault, other] = await Promise.all(told.map((tells) => startReflecting(context, tells)));
        assert.ok(byDefault !== undefined && other !== undefined);
        const gateway = await start(context, `${service}=${other.target}`, byDefault.target);
        assert.equal((await fetch(`${gateway.address}/v1/shelves/1/books/2`)).status, 200);
        const seen = { default: byDefault.seen.length, other: other.seen.length };
        assert.deepEqual(seen, { default: 0, other: 0, [called]: 1 });
      });
    }
  });
});
