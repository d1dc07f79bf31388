import { parsePathTemplate } from '../../gateway/routing/path-template.ts';
import { createRouteTable, type RouteTable } from '../../gateway/routing/route-table.ts';
import { exampleRequest } from '../googleapis/example-request.ts';
import { loadGoogleapis } from '../googleapis/googleapis-schema.ts';

// What a match costs in tables of more and more rules of googleapis. The requests are the same for every table: made
// from each of the ten rules that all tables have, and the same with segments behind, which no rule serves (404). For
// those every HTTP method is looked through, as far as its rules go the same way: small tables have few such.

const matches = 50_000;
const rounds = 30;

const { bindings } = await loadGoogleapis();
const all = bindings.map(({ httpMethod, template }) => ({
  httpMethod,
  template: parsePathTemplate(template),
  value: template,
}));
/** Neighbours are of one service: strides mix them. */
const mixed = all.map((_, index) => all[(index * 7919) % all.length]).filter((route) => route !== undefined);

const served = mixed.slice(0, 10).map(({ httpMethod, template }) => ({
  httpMethod,
  path: exampleRequest(template, ['rest']).path.replaceAll(/%[0-9A-F]{2}/g, '-'),
}));
const unserved = served.map(({ httpMethod, path }) => ({ httpMethod, path: `${path}/none/such` }));

const tables = [10, 100, 1_000, all.length].map((count) => ({
  count,
  table: createRouteTable(mixed.slice(0, count)),
  best: { served: Number.POSITIVE_INFINITY, unserved: Number.POSITIVE_INFINITY },
}));
// They take turns, so that what else the machine does falls on all of them.
for (let round = 0; round < rounds; round += 1) {
  for (const { table, best } of tables) {
    best.served = Math.min(best.served, nanosecondsOf(table, served));
    best.unserved = Math.min(best.unserved, nanosecondsOf(table, unserved));
  }
}
process.stdout.write('  routes   ns a match     ns a 404\n');
for (const { count, best } of tables) {
  const columns = [String(count).padStart(8), ...[best.served, best.unserved].map((ns) => ns.toFixed(0).padStart(12))];
  process.stdout.write(`${columns.join(' ')}\n`);
}

function nanosecondsOf(table: RouteTable<string>, requests: typeof served): number {
  const start = process.hrtime.bigint();
  for (let done = 0; done < matches; done += requests.length) {
    for (const { httpMethod, path } of requests) table.match(httpMethod, path);
  }
  return Number(process.hrtime.bigint() - start) / matches;
}
