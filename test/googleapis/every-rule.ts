import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import Fastify, { type InjectOptions } from 'fastify';
import { protogate } from '../../gateway/http/plugin.ts';
import { serverOptions } from '../../gateway/http/server-options.ts';
import { type PathVariable, parsePathTemplate } from '../../gateway/routing/path-template.ts';
import { createRouteTable } from '../../gateway/routing/route-table.ts';
import { equivalenceKey, exampleRequest } from './example-request.ts';
import { loadGoogleapis } from './googleapis-schema.ts';
import { createRecordingUpstream } from './recording-upstream.ts';

// Run by `npm run test:googleapis` and not by `npm test`: it fetches a package and takes half a minute.

const schema = await loadGoogleapis();
const routes = schema.bindings.map((binding) => {
  const template = parsePathTemplate(binding.template);
  return {
    httpMethod: binding.httpMethod,
    template,
    value: binding,
    key: `${binding.httpMethod} ${equivalenceKey(template)}`,
  };
});
type Route = (typeof routes)[number];
const table = createRouteTable(routes);
/** Of routes with equivalent templates the last one serves. */
const serving = new Map(routes.map((route) => [route.key, route]));

test('every rule is there', () => {
  const methods = new Set(schema.bindings.map(({ method }) => method));
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

test('a request made from each template reaches its own method, or the last one with an equivalent template', () => {
  const astray = [...serving.values()].filter((route) => requestFor(route) === undefined);
  assert.deepEqual(
    astray.map(({ value }) => `${value.source}: ${value.template}`),
    [],
  );
});

test('the conflicts are the routes that an equivalent template takes the place of', () => {
  assert.equal(table.conflicts.length, routes.length - serving.size);
  for (const { earlier, later } of table.conflicts) {
    assert.equal(later.httpMethod, earlier.httpMethod);
    const [one, other] = [earlier, later].map(({ template }) => equivalenceKey(parsePathTemplate(template)));
    assert.equal(one, other, `${earlier.template} and ${later.template}`);
  }
});

test('the gateway calls that method with what the path holds', async () => {
  const upstream = createRecordingUpstream();
  const warnings: string[] = [];
  const app = Fastify(serverOptions);
  await app.register(protogate, { schema, upstream, onWarning: (warning) => warnings.push(warning) });
  try {
    for (const route of serving.values()) {
      const { method, body, template } = route.value;
      const { path = '', captures = [] } = requestFor(route) ?? {};
      const answer = await app.inject({
        // The methods of googleapis are GET, POST, PUT, PATCH and DELETE.
        method: route.httpMethod as NonNullable<InjectOptions['method']>,
        url: path,
        ...(body === '' ? {} : { payload: '{}' }),
      });
      const title = `${route.httpMethod} ${template} of ${method.parent.typeName}.${method.name}`;
      assert.equal(answer.statusCode, 200, `${title}: ${answer.body}`);
      const [call, ...others] = upstream.calls.splice(0);
      assert.deepEqual([call?.path, others], [`/${method.parent.typeName}/${method.name}`, []], title);
      assert.equal(call?.messages.length, 1, title);
      assert.deepEqual(valuesOf(route, call?.messages[0] ?? new Uint8Array()), captures, title);
    }
  } finally {
    await app.close();
  }
  assert.equal(warnings.length, table.conflicts.length);
});

/** A request that only this route serves, if there is one. */
function requestFor(route: Route): { readonly path: string; readonly captures: readonly string[] } | undefined {
  const { httpMethod, template, value } = route;
  // Of paths that several templates match, one with little for `**` goes to another than one with more.
  for (const rest of [['rest', 'of', 'it'], ['rest']]) {
    const request = exampleRequest(template, rest, (index) => {
      const variable = template.variables.find(({ start, end }) => start === index && end === index + 1);
      return variable && !holdsText(value.method.input, variable) ? '1' : `välue:${index}`;
    });
    const match = table.match(httpMethod, request.path);
    if (match.kind !== 'found' || match.value !== value) continue;
    assert.deepEqual(match.captures, request.captures);
    return request;
  }
  return undefined;
}

function holdsText(input: DescMessage, { fieldPath }: PathVariable): boolean {
  return typeof valueAt(reflect(input), fieldPath) === 'string';
}

/** What the variables of a route have in a request message, as text. */
function valuesOf({ template, value }: Route, wire: Uint8Array): readonly string[] {
  const message = reflect(value.method.input, fromBinary(value.method.input, wire));
  return template.variables.map(({ fieldPath }) => String(valueAt(message, fieldPath)));
}

function valueAt(message: ReflectMessage, [name, ...below]: readonly string[]): unknown {
  const field = message.fields.find((each) => each.name === name);
  const value = field && message.get(field);
  return below.length > 0 && isReflectMessage(value) ? valueAt(value, below) : value;
}
