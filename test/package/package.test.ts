import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { fixtures, type LibraryServer, startLibraryServer } from '../support/library-server.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

interface PackedFile {
  readonly path: string;
}

/** A project of a user of the package: the package as npm would publish it, and nothing else of this repository. */
describe('the package', { timeout: 240_000 }, () => {
  let project: string;
  let files: readonly string[];
  let library: LibraryServer;
  const started: ChildProcess[] = [];

  before(async () => {
    project = mkdtempSync(join(tmpdir(), 'protogate-package-'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: root });
    const [{ filename, files: listed }] = parsePacked(packed.stdout);
    files = listed.map(({ path }) => path);
    const types = `@types/node@${manifest.devDependencies['@types/node']}`;
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(project, filename), types], {
      cwd: project,
    });
    mkdirSync(join(project, 'library/v1'), { recursive: true });
    copyFileSync(join(fixtures, 'library/v1/library.proto'), join(project, 'library/v1/library.proto'));
    writeFileSync(join(project, 'server.ts'), program);
    writeFileSync(join(project, 'wrong.ts'), wrongProgram);
    library = await startLibraryServer();
  });
  after(() => {
    for (const child of started) child.kill('SIGKILL');
    library?.close();
    rmSync(project, { recursive: true });
  });

  test('holds JavaScript, types and source maps of the gateway, its docs, and nothing else', () => {
    const others = files.filter((path) => !/^dist\/.*\.(?:js|d\.ts|js\.map)$/.test(path));
    assert.deepEqual(others.toSorted(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/gen/builtin.binpb',
      'docs/compatibility.md',
      'docs/plugin.md',
      'package.json',
    ]);
    assert.deepEqual(
      files.filter((path) => /test|services|scripts/.test(path)),
      [],
    );
    for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/index.js.map', 'dist/main.js']) {
      assert.ok(files.includes(path), path);
    }
  });

  test('its types are those of the plugin in a strict project', async () => {
    assert.deepEqual(await typeFaults('server.ts'), []);
    const [fault, ...others] = await typeFaults('wrong.ts');
    assert.match(String(fault), /^wrong\.ts\(\d+,\d+\): error TS\d+: /);
    assert.deepEqual(others, []);
  });

  test('the plugin serves', async () => {
    const { address, stop } = await listening(process.execPath, ['server.ts', library.target]);
    await assertServes(`${address}/rest`);
    await stop();
  });

  test('the command serves', async () => {
    const command = join(project, 'node_modules', '.bin', 'protogate');
    const environment = { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` };
    const { stdout } = await run(command, ['--version'], { env: environment });
    assert.equal(stdout, `${manifest.version}\n`);
    const flags = ['--proto', 'library/v1/library.proto', '--upstream', library.target, '--listen', '127.0.0.1:0'];
    for (const more of [[], ['--workers', '2']]) {
      const { address, stop } = await listening(command, [...flags, ...more], environment);
      await assertServes(address);
      await stop();
    }
  });

  /** What tsc says of a file and of the package's types, those of other packages left out. */
  async function typeFaults(file: string): Promise<string[]> {
    const types = { strict: true, skipLibCheck: false, types: ['node'] };
    const compilerOptions = { ...types, noEmit: true, target: 'es2024', module: 'nodenext' };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '--project', project, '--pretty', 'false'];
    const output = await run(process.execPath, tsc, { cwd: project }).catch((failed: { stdout: string }) => failed);
    return output.stdout
      .split('\n')
      .filter((line) => line.includes('error TS') && /^(?:server|wrong)\.ts|protogate\/dist/.test(line));
  }

  /** Starts a program of the project that writes the address on which it listens. */
  async function listening(command: string, flags: readonly string[], env?: NodeJS.ProcessEnv) {
    const child = spawn(command, flags, {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: env ?? process.env,
    });
    started.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const stop = async () => {
      child.kill();
      await once(child, 'exit');
    };
    return { address: /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '', stop };
  }
});

const program = `import Fastify from 'fastify';
import { createUpstream, loadSchema, protogate, type ProtogateOptions } from 'protogate';

const options: ProtogateOptions = {
  schema: await loadSchema({ protos: ['library/v1/library.proto'] }),
  upstream: createUpstream(String(process.argv[2])),
  json: { emitDefaults: false },
};
const app = Fastify();
app.register(protogate, { ...options, prefix: '/rest' });
console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
`;

const wrongProgram = program.replace('json: {', "unknownQueryParameters: 'refuse', json: {");

async function assertServes(address: string): Promise<void> {
  const response = await fetch(`${address}/v1/shelves/1/books/2`);
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as { title: string }).title, 'A title');
}

function parsePacked(json: string): [{ readonly filename: string; readonly files: readonly PackedFile[] }] {
  return JSON.parse(json.slice(json.indexOf('[\n'))) as ReturnType<typeof parsePacked>;
}
