import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { defaultUpstreamOptions } from '../upstream/upstream-options.ts';
import type { Environment } from './environment.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Settings } from './settings.ts';

const enough = ['--proto', 'a.proto', '--upstream', '127.0.0.1:1'];

/** CA, client certificate and its key. */
const pems = 'gateway/upstream/testing/fixtures';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'protogate-config-'));
});
after(() => rmSync(folder, { recursive: true }));

/** A configuration file with this content; FOLDER and PEMS in it stand for the folders. */
function file(content: string): string {
  const path = join(folder, 'protogate.yaml');
  writeFileSync(path, content.replaceAll('FOLDER', folder).replaceAll('PEMS', pems));
  return path;
}

async function settingsOf(argv: readonly string[], environment: Environment = {}): Promise<Settings> {
  const configuration = await readConfiguration(argv, environment);
  assert.equal(configuration.kind, 'serve', JSON.stringify(configuration));
  return (configuration as { settings: Settings }).settings;
}

async function faultsOf(argv: readonly string[], environment: Environment = {}): Promise<readonly string[]> {
  const configuration = await readConfiguration(argv, environment);
  return configuration.kind === 'faulty'
    ? configuration.faults.map((fault) => fault.replaceAll(folder, 'FOLDER'))
    : [`no fault: ${JSON.stringify(configuration)}`];
}

describe('what is set', () => {
  test('the defaults', async () => {
    const { proto, upstream, ...rest } = await settingsOf(enough);
    assert.deepEqual(proto, ['a.proto']);
    assert.deepEqual(upstream, [{ service: undefined, target: '127.0.0.1:1', tls: undefined }]);
    assert.deepEqual(rest, {
      protoPath: [],
      descriptorSet: [],
      reflection: false,
      reflectionInterval: 30_000,
      apiConfig: [],
      unboundMethods: false,
      strict: false,
      watch: true,
      workers: 1,
      transport: defaultUpstreamOptions.transport,
      upstreamTls: false,
      upstreamCa: undefined,
      upstreamCert: undefined,
      upstreamKey: undefined,
      upstreamServerName: undefined,
      maxMessage: 4_194_304,
      keepalive: 30_000,
      keepaliveTimeout: 10_000,
      maxAttempts: 1,
      waitForReady: false,
      listen: { host: '127.0.0.1', port: 8080 },
      corsOrigin: [],
      timeout: 10_000,
      maxBody: 4_194_304,
      maxHeader: 16_384,
      requestTimeout: 300_000,
      unknownQuery: 'ignore',
      formPosts: true,
      httpStatusMetadata: undefined,
      responseHeader: [],
      emitDefaults: true,
      protoNames: false,
      enumsAsNumbers: false,
      indent: 0,
      unknownFields: 'ignore',
      config: undefined,
      logLevel: 'info',
      accessLog: false,
      healthzPath: '/healthz',
      readyzPath: '/readyz',
      metricsPath: '/metrics',
      shutdownGrace: 4000,
    });
  });

  test('a flag counts before its variable, that before the file, that before the default', async () => {
    const path = file('timeout: 1s\nindent: 1\nmax-body: 1MiB\n');
    const environment = { PROTOGATE_TIMEOUT: '2s', PROTOGATE_INDENT: '2', PROTOGATE_CONFIG: path };
    const { timeout, indent, maxBody, listen } = await settingsOf([...enough, '--timeout=3s'], environment);
    assert.deepEqual(
      { timeout, indent, maxBody, port: listen.port },
      { timeout: 3000, indent: 2, maxBody: 1_048_576, port: 8080 },
    );
  });

  test('a repeated setting is taken as a whole from the source that counts', async () => {
    const path = file('proto: [c.proto]\nproto-path: x\ncors-origin:\n  - http://a\n  - http://b\n');
    const environment = { PROTOGATE_PROTO: 'd.proto, e.proto', PROTOGATE_UPSTREAM: 'a.B=b:1,c:2' };
    const settings = await settingsOf(['--config', path, '--proto', 'a.proto', '--proto', 'b.proto'], environment);
    assert.deepEqual(settings.proto, ['a.proto', 'b.proto']);
    assert.deepEqual(settings.protoPath, ['x']);
    assert.deepEqual(settings.corsOrigin, ['http://a', 'http://b']);
    assert.deepEqual(
      settings.upstream.map(({ service, target }) => [service, target]),
      [
        ['a.B', 'b:1'],
        [undefined, 'c:2'],
      ],
    );
  });

  test('a toggle in every way it can be written', async () => {
    const written: readonly (readonly [string[], boolean])[] = [
      [['--emit-defaults'], true],
      [['--no-emit-defaults'], false],
      [['--emit-defaults=off'], false],
      [['--emit-defaults', 'off', '--strict'], false],
      [['--emit-defaults', 'on'], true],
    ];
    for (const [flags, expected] of written) {
      assert.equal((await settingsOf([...enough, ...flags])).emitDefaults, expected, flags.join(' '));
    }
    assert.equal((await settingsOf(enough, { PROTOGATE_EMIT_DEFAULTS: 'false' })).emitDefaults, false);
    assert.equal((await settingsOf([...enough, '--config', file('emit-defaults: false')])).emitDefaults, false);
  });

  test('LOG_LEVEL counts when PROTOGATE_LOG_LEVEL is not set; an empty variable is none', async () => {
    assert.equal((await settingsOf(enough, { LOG_LEVEL: 'debug' })).logLevel, 'debug');
    assert.equal((await settingsOf(enough, { LOG_LEVEL: 'debug', PROTOGATE_LOG_LEVEL: 'warn' })).logLevel, 'warn');
    assert.equal((await settingsOf(enough, { LOG_LEVEL: '', PROTOGATE_LOG_LEVEL: '' })).logLevel, 'info');
  });

  test('variables that Kubernetes sets beside a Service called protogate are none of ours', async () => {
    const environment = { PROTOGATE_PORT: 'tcp://10.0.0.1:80', PROTOGATE_SERVICE_HOST: '10.0.0.1' };
    assert.equal((await settingsOf(enough, environment)).listen.port, 8080);
  });

  test('the file may give an upstream TLS of its own', async () => {
    const path = file(
      'proto: a.proto\nupstream:\n  - b:1\n  - { service: a.B, target: "c:2", tls: true, ca: PEMS/ca.pem, server-name: x }\n',
    );
    const pem = readFileSync(`${pems}/ca.pem`);
    assert.deepEqual((await settingsOf(['--config', path])).upstream, [
      { service: undefined, target: 'b:1', tls: undefined },
      { service: 'a.B', target: 'c:2', tls: { rootCertificates: pem, serverName: 'x' } },
    ]);
  });

  test('an empty file sets nothing', async () => {
    assert.equal((await settingsOf([...enough, '--config', file('# nothing\n')])).indent, 0);
  });

  for (const [argument, kind] of [
    ['--help', 'help'],
    ['-h', 'help'],
    ['--version', 'version'],
  ] as const) {
    test(`${argument} whatever else is wrong`, async () => {
      assert.deepEqual(await readConfiguration(['--nonsense', argument], {}), { kind });
    });
  }
});

describe('what is wrong', () => {
  test('everything at once, each naming where it was written', async () => {
    const path = file('timeout: soon\nindnt: 1\n');
    const argv = ['--listen', '8080', '--upstrem', 'x', '--config', path, '--strict=maybe'];
    assert.deepEqual(await faultsOf(argv, { PROTOGATE_MAX_BODY: 'big', LOG_LEVEL: 'loud' }), [
      '--upstrem: there is no such flag; did you mean --upstream?',
      'FOLDER/protogate.yaml: indnt: there is no such setting; did you mean indent?',
      '--strict: "maybe" is not "on" or "off"',
      '--listen: "8080" is not host:port, such as 127.0.0.1:8080',
      'FOLDER/protogate.yaml: timeout: "soon" is not a duration such as 500ms, 10s or 1m',
      'PROTOGATE_MAX_BODY: "big" is not a size such as 65536, 512KiB or 4MiB',
      'LOG_LEVEL: "loud" is not one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  const cases: readonly (readonly [name: string, argv: readonly string[], faults: readonly string[]])[] = [
    [
      'nothing given',
      [],
      [
        '--proto: needed to know what to serve, or --descriptor-set or --reflection',
        '--upstream: needed to know where calls go, such as 127.0.0.1:50051',
      ],
    ],
    [
      'reflection asks an upstream',
      ['--reflection'],
      ['--upstream: needed to know where calls go, such as 127.0.0.1:50051'],
    ],
    [
      'targets that the transport does not know',
      [
        '--proto',
        'a.proto',
        ...['dns://8.8.8.8/g:1', 'a.B=ipv4:foo:1', 'c.D=unix-abstract:x'].flatMap((each) => ['--upstream', each]),
      ],
      ['dns://8.8.8.8/g:1', 'ipv4:foo:1', 'unix-abstract:x'].map(
        (target) =>
          `--upstream: "${target}" is not host:port, dns:///host:port, ipv4:…, ipv6:… or unix:…, which --transport h2 knows`,
      ),
    ],
    ['a flag that does not exist', [...enough, '--frobnicate'], ['--frobnicate: there is no such flag']],
    ['a short flag that does not exist', [...enough, '-p'], ['-p: there is no such flag']],
    ['a word that belongs to nothing', ['serve', ...enough], ['"serve": is not a flag']],
    [
      'several words for one flag',
      [...enough, '--proto', 'b.proto', 'c.proto'],
      ['"c.proto": is not a flag; --proto takes one value, and may be repeated'],
    ],
    ['a word behind --', [...enough, '--', 'serve'], ['"serve": is not a flag']],
    ['a negated flag with a value', [...enough, '--no-strict=on'], ['--no-strict: takes no value']],
    ['a negated flag that is no toggle', [...enough, '--no-listen'], ['--no-listen: there is no such flag']],
    ['no value at the end', [...enough, '--listen'], ['--listen: needs a value']],
    ['no value before another flag', [...enough, '--listen', '--strict'], ['--listen: needs a value']],
    ['an empty value', [...enough, '--listen='], ['--listen: needs a value']],
    ['a flag twice', [...enough, '--indent', '1', '--indent', '2'], ['--indent: is given more than once']],
    [
      'two defaults',
      [...enough, '--upstream', 'b:1'],
      ['--upstream: is given more than once without a service; write package.Service=host:port'],
    ],
    [
      'a service twice',
      [...enough, '--upstream', 'a.B=b:1', '--upstream', 'a.B=c:1'],
      ['--upstream: is given more than once for a.B'],
    ],
    [
      'a folder for nothing',
      ['--reflection', '--upstream', 'b:1', '--proto-path', 'x'],
      ['--proto-path: has no effect without --proto'],
    ],
    [
      'any origin and another',
      [...enough, '--cors-origin', '*', '--cors-origin', 'http://a'],
      ['--cors-origin: * stands for every origin; give it alone'],
    ],
    ['one path for two', [...enough, '--healthz-path', '/readyz'], ['--readyz-path: "/readyz" is also --healthz-path']],
    [
      'a header twice',
      [...enough, '--response-header', 'a=A', '--response-header', 'a=B'],
      ['--response-header: is given more than once for a'],
    ],
    ['a file that is not there', ['--config', '/no/such.yaml'], ['--config: "/no/such.yaml" cannot be read (ENOENT)']],
  ];
  for (const [name, argv, faults] of cases) {
    test(name, async () => {
      const found = await faultsOf(argv);
      assert.deepEqual(name === 'a file that is not there' ? found.slice(0, 1) : found, faults);
    });
  }

  test('TLS files without TLS, a certificate without its key', async () => {
    const flags = { ca: ['--upstream-ca', `${pems}/ca.pem`], cert: ['--upstream-cert', `${pems}/client.pem`] };
    assert.deepEqual(await faultsOf([...enough, ...flags.ca, ...flags.cert]), [
      '--upstream-ca: has no effect without --upstream-tls',
      '--upstream-cert: has no effect without --upstream-tls',
      '--upstream-cert: needs --upstream-key',
    ]);
    assert.deepEqual(await faultsOf([...enough, '--upstream-tls', '--upstream-key', `${pems}/client-key.pem`]), [
      '--upstream-key: needs --upstream-cert',
    ]);
    assert.deepEqual(
      await faultsOf([...enough, '--upstream-tls', ...flags.cert, '--upstream-key', `${pems}/server-key.pem`]),
      ['--upstream-key: is not the key of --upstream-cert'],
    );
  });

  const files: readonly (readonly [name: string, content: string, faults: readonly string[]])[] = [
    ['no mapping', '- a\n', ['FOLDER/protogate.yaml: is not a mapping of settings']],
    ['no value', 'indent:\n', ['FOLDER/protogate.yaml: indent: has no value']],
    ['a list for one value', 'indent: [1, 2]\n', ['FOLDER/protogate.yaml: indent: takes one value, not a list']],
    [
      'a mapping for one value',
      'listen: { port: 1 }\n',
      ['FOLDER/protogate.yaml: listen: "{\\"port\\":1}" is not a single value'],
    ],
    ['a file in a file', 'config: other.yaml\n', ['FOLDER/protogate.yaml: config: there is no such setting']],
    ['bad YAML', 'indent: 1\nindent: 2\n', ['FOLDER/protogate.yaml: line 2, column 1: Map keys must be unique']],
    [
      'an upstream with an unknown key',
      'upstream: { target: "b:1", tsl: true }\n',
      ['FOLDER/protogate.yaml: upstream: "tsl" is not one of service, target, tls, ca, cert, key, server-name'],
    ],
    [
      'an upstream without a target',
      'upstream: { service: a.B }\n',
      ['FOLDER/protogate.yaml: upstream: target: is needed'],
    ],
    [
      'an upstream with a CA and no TLS',
      'upstream: { target: "b:1", ca: PEMS/ca.pem }\n',
      ['FOLDER/protogate.yaml: upstream: ca, cert, key and server-name need tls: true'],
    ],
    [
      'an upstream with half a certificate',
      'upstream: { target: "b:1", tls: true, key: PEMS/client-key.pem }\n',
      ['FOLDER/protogate.yaml: upstream: cert and key need each other'],
    ],
    [
      'an upstream whose CA is not there',
      'upstream: { target: "b:1", tls: true, ca: FOLDER/b.pem }\n',
      ['FOLDER/protogate.yaml: upstream: "FOLDER/b.pem" cannot be read (ENOENT)'],
    ],
  ];
  for (const [name, content, faults] of files) {
    test(`in the file: ${name}`, async () => {
      const withUpstream = content.startsWith('upstream') ? ['--proto', 'a.proto'] : enough;
      assert.deepEqual(await faultsOf([...withUpstream, '--config', file(content)]), faults);
    });
  }
});
