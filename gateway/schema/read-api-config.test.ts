import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSchema, readSchema } from './load-schema.ts';
import { parseApiConfig } from './read-api-config.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const proto = `syntax = "proto3"; package p; import "google/api/annotations.proto";
message M { string name = 1; M inner = 2; }
service S {
  rpc Annotated(M) returns (M) { option (google.api.http) = {get: "/annotated"}; }
  rpc Bare(M) returns (M);
}`;

const config = `type: google.api.Service
config_version: 3
name: p.example.com
apis: [{ name: p.S }]
http:
  fully_decode_reserved_expansion: true
  rules:
    - selector: p.S.Annotated
      get: /first
    # The last rule for a method counts.
    - selector: p.S.Annotated
      post: /configured/{name}
      body: "*"
      additional_bindings:
        - custom: { kind: HEAD, path: "/configured" }
          response_body: inner
    - selector: " p.S.Bare "
      patch: /bare
      body: inner
backend:
  rules: [{ selector: "*", address: "grpc://example" }]
`;

test('rules of an API configuration take the place of annotations', async (context) => {
  const folder = temporaryFolder(context, { 'a.proto': proto, 'api.yaml': config });
  const path = join(folder, 'api.yaml');
  const { bindings } = await loadSchema({ protos: ['a.proto'], protoPaths: [folder], apiConfigs: [path] });
  assert.deepEqual(
    bindings.map(({ method, ...rest }) => ({ ...rest, source: rest.source.replace(folder, '') })),
    [
      {
        httpMethod: 'POST',
        template: '/configured/{name}',
        body: '*',
        responseBody: '',
        source: '/api.yaml:11: p.S.Annotated',
      },
      {
        httpMethod: 'HEAD',
        template: '/configured',
        body: '',
        responseBody: 'inner',
        source: '/api.yaml:11: p.S.Annotated',
      },
      { httpMethod: 'PATCH', template: '/bare', body: 'inner', responseBody: '', source: '/api.yaml:17: p.S.Bare' },
    ],
  );
});

test('rules for methods that are not served, and rules that do not fit, are faults', async (context) => {
  const rules = `http:
  rules:
    - selector: p.S.Missing
      get: /a
    - selector: p.S.Bare
      get: /{missing}
`;
  const folder = temporaryFolder(context, { 'a.proto': proto, 'api.yaml': rules });
  const sources = { protos: ['a.proto'], protoPaths: [folder], apiConfigs: ['api.yaml', 'gone.yaml'] };
  const { faults } = await readSchema({ ...sources, apiConfigs: sources.apiConfigs.map((name) => join(folder, name)) });
  assert.deepEqual(
    faults.map((fault) => fault.replace(`${folder}/`, '')),
    [
      'gone.yaml: there is no such file',
      'api.yaml:5: p.S.Bare: path "/{missing}": variable "missing": p.M has no field "missing", at column 3',
      'api.yaml:3: p.S.Missing: no service that is served has this method',
    ],
  );
});

/** Text and its faults. */
const faulty: readonly (readonly [text: string, faults: string[]])[] = [
  ['', ['a.yaml: has no http.rules']],
  ['just text', ['a.yaml: has no http.rules']],
  ['http: {}', ['a.yaml: has no http.rules']],
  ['http: { rules: 5 }', ['a.yaml: http.rules is not a list']],
  [
    'http:\n  rules:\n    - get: /a\n    - selector: p.*\n    - 7\n    - selector: a.B, c.D',
    [3, 4, 5, 6].map((line) => `a.yaml:${line}: a rule needs the selector of one method, "package.Service.Method"`),
  ],
  [
    'http:\n  rules:\n    - selector: p.S.A\n      fetch: /a\n    - selector: p.S.B\n      get: [1]',
    [
      'a.yaml:3: p.S.A: cannot decode message google.api.HttpRule from JSON: key "fetch" is unknown',
      'a.yaml:5: p.S.B: cannot decode field google.api.HttpRule.get from JSON: expected string, got Array(1)',
    ],
  ],
  [
    'http:\n  rules:\n    - selector: p.S.A\n      get: /a\n      post: /b',
    [
      'a.yaml:3: p.S.A: cannot decode oneof google.api.HttpRule.pattern from JSON: oneof set multiple times by get and post',
    ],
  ],
  ['http: [', ['a.yaml:1:8: Flow sequence in block collection must be sufficiently indented and end with a ]']],
];

test('what is wrong with an API configuration is told with its line', () => {
  for (const [text, faults] of faulty) assert.deepEqual(parseApiConfig('a.yaml', text).faults, faults, text);
});

test('a YAML document that refers to itself without end is refused', () => {
  const levels = Array.from(
    { length: 12 },
    (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(10)}]`,
  );
  const text = `a0: &a0 [x]\n${levels.join('\n')}\nhttp:\n  rules:\n    - selector: p.S.A\n      get: *a12\n`;
  const { faults } = parseApiConfig('a.yaml', text);
  assert.deepEqual(faults, ['a.yaml:16: p.S.A: Excessive alias count indicates a resource exhaustion attack']);
});
