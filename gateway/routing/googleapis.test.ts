import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { exampleRequest } from '../../test/googleapis/example-request.ts';
import { parsePathTemplate } from './path-template.ts';
import { createRouteTable } from './route-table.ts';

/** One rule of each shape that googleapis has (google-proto-files 6.0.1, Apache-2.0): "GET /v1/{name=shelves/*}". */
const file = new URL('fixtures/googleapis-templates.json', import.meta.url);
const lines = JSON.parse(readFileSync(file, 'utf8')) as readonly string[];

const routes = lines.map((line) => {
  const [httpMethod = '', template = ''] = line.split(' ');
  return { httpMethod, template: parsePathTemplate(template), value: line };
});
const templates = routes.map(({ template }) => template);

suite('googleapis', () => {
  const counts: readonly (readonly [title: string, count: number, expected: number])[] = [
    ['rules', routes.length, 300],
    ['rules with a verb', templates.filter(({ verb }) => verb !== '').length, 93],
    ['rules with `**`', routes.filter(({ value }) => value.includes('**')).length, 27],
    ['rules with `**` before the end', routes.filter(({ value }) => /\*\*\}?\//.test(value)).length, 7],
    ['rules without variables', templates.filter(({ variables }) => variables.length === 0).length, 11],
    ['rules with several variables', templates.filter(({ variables }) => variables.length > 1).length, 46],
    [
      'variables below the top level',
      templates.flatMap(({ variables }) => variables).filter(({ fieldPath }) => fieldPath.length > 1).length,
      58,
    ],
  ];
  for (const [title, count, expected] of counts) test(`${expected} ${title}`, () => assert.equal(count, expected));

  const table = createRouteTable(routes);
  test('no conflicts', () => assert.deepEqual(table.conflicts, []));

  for (const { httpMethod, template, value } of routes) {
    test(value, () => {
      // `documents/*`, `documents/*/**` and `documents/*/**/*` share paths: each is sure of one segment for `**`.
      const isShared = value.startsWith('GET ') && value.includes('documents/*/**');
      const rests = isShared ? [['a']] : [['a', 'b c', 'd'], ['a'], []];
      for (const rest of rests) {
        const { path, captures } = exampleRequest(template, rest);
        assert.deepEqual(table.match(httpMethod, path), { kind: 'found', value, captures });
      }
    });
  }
});
