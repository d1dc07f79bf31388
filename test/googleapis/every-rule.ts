import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePathTemplate } from '../../gateway/routing/path-template.ts';
import { createRouteTable } from '../../gateway/routing/route-table.ts';
import { equivalenceKey, exampleRequest } from './example-request.ts';
import { loadGoogleapis } from './googleapis-schema.ts';

// Run by `npm run test:googleapis` and not by `npm test`: it fetches a package and takes half a minute.

const { bindings } = await loadGoogleapis();
const routes = bindings.map((binding) => ({
  httpMethod: binding.httpMethod,
  template: parsePathTemplate(binding.template),
  value: binding,
}));
const table = createRouteTable(routes);

test('every rule is there', () => {
  const methods = new Set(bindings.map(({ method }) => method));
  assert.deepEqual(
    {
      services: new Set([...methods].map(({ parent }) => parent)).size,
      methods: methods.size,
      rules: routes.length,
      withVerb: routes.filter(({ template }) => template.verb !== '').length,
    },
    { services: 1844, methods: 13237, rules: 15328, withVerb: 4255 },
  );
});

test('a request made from each template reaches its own method, or that of the last equivalent template', () => {
  const last = new Map(routes.map((route) => [`${route.httpMethod} ${equivalenceKey(route.template)}`, route]));
  // Of paths that several templates match, one with less for `**` goes to another than one with more.
  const rests = [['rest', 'of', 'it'], ['rest']];
  const astray = routes.filter(({ httpMethod, template }) => {
    const winner = last.get(`${httpMethod} ${equivalenceKey(template)}`);
    assert.ok(winner);
    return !rests.some((rest) => {
      const { path, captures } = exampleRequest(winner.template, rest);
      const match = table.match(httpMethod, path);
      if (match.kind !== 'found' || match.value !== winner.value) return false;
      assert.deepEqual(match.captures, captures);
      return true;
    });
  });
  assert.deepEqual(
    astray.map(({ value }) => `${value.source}: ${value.template}`),
    [],
  );
  assert.equal(table.conflicts.length, routes.length - last.size);
});

test('the conflicts are of equivalent templates, each in the same method', () => {
  for (const { earlier, later } of table.conflicts) {
    assert.equal(later.httpMethod, earlier.httpMethod);
    const [one, other] = [earlier, later].map(({ template }) => equivalenceKey(parsePathTemplate(template)));
    assert.equal(one, other, `${earlier.template} and ${later.template}`);
  }
});
