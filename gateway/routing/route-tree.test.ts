import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePathTemplate } from './path-template.ts';
import { findLeaf, growTree, type RouteNode } from './route-tree.ts';

function treeOf(templates: readonly string[]): RouteNode<string> {
  const root: RouteNode<string> = {};
  for (const template of templates) growTree(root, parsePathTemplate(template).segments).leaf = template;
  return root;
}

function countNodes(node: RouteNode<string>): number {
  const next = [...(node.literals?.values() ?? []), ...(node.single ? [node.single] : [])];
  const nodes = [...next, ...(node.multiple?.map((edge) => edge.node) ?? [])];
  return nodes.reduce((sum, child) => sum + countNodes(child), 1);
}

/** What is found, and how many times the path was looked at on the way. */
function findCounted(
  root: RouteNode<string>,
  path: string,
): { readonly leaf: string | undefined; readonly looks: number } {
  let looks = 0;
  const segments = new Proxy(path.slice(1).split('/'), {
    get(target, key, receiver) {
      looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { leaf: findLeaf(root, segments, 0), looks };
}

/** Every template of this many segments, each one of the given kinds. */
function combinations(kinds: readonly string[], length: number): string[] {
  if (length === 0) return [''];
  return combinations(kinds, length - 1).flatMap((rest) => kinds.map((kind) => `/${kind}${rest}`));
}

suite('the cost of a match', () => {
  test('does not grow with the number of routes', () => {
    const looks = [10, 100, 1000, 10000].map((count) => {
      const templates = Array.from({ length: count }, (_, index) => [
        `/v1/things${index}/{id}`,
        `/v1/{name=things${index}/*}/parts/{part}`,
        `/v1/{name=things${index}/**}`,
      ]).flat();
      const root = treeOf(templates);
      return ['/v1/things7/1/parts/2', '/v1/things7/1/2/3', '/v1/nothing/1'].map(
        (path) => findCounted(root, path).looks,
      );
    });
    assert.deepEqual(looks, [looks[0], looks[0], looks[0], looks[0]]);
  });

  const aaab = `${'/a'.repeat(255)}/b`;
  const cases: readonly (readonly [title: string, templates: readonly string[], path: string])[] = [
    ['literals and wildcards mixed', combinations(['a', '*'], 10).map((start) => `${start}/c`), `${'/a'.repeat(10)}/b`],
    [
      '`**` with rests of every length',
      Array.from({ length: 200 }, (_, length) => `/**${'/a'.repeat(length)}/c`),
      aaab,
    ],
    ['`**` after everything', combinations(['a', '*'], 8).map((start) => `${start}/**/a/c`), aaab],
    [
      '`**` after each number of wildcards',
      Array.from({ length: 100 }, (_, length) => `${'/*'.repeat(length)}/**/c`),
      aaab,
    ],
  ];
  for (const [title, templates, path] of cases) {
    test(`is bounded by the nodes of the tree: ${title}`, () => {
      const root = treeOf(templates);
      const { leaf, looks } = findCounted(root, path);
      const mostLooksForNode = 2 + Math.max(1, root.multiple?.length ?? 0);
      assert.equal(leaf, undefined);
      assert.ok(looks <= countNodes(root) * mostLooksForNode, `${looks} looks`);
    });
  }
});
