import type { Segment } from './path-template.ts';

/** A place in the tree of templates: what may come next, the more specific first. */
export interface RouteNode<L> {
  /** By decoded text. */
  literals?: Map<string, RouteNode<L>>;
  /** `*` */
  single?: RouteNode<L>;
  /** `**`, one for each kind of rest that may follow it, the longest rest first. */
  multiple?: MultipleEdge<L>[];
  /** What ends here. */
  leaf?: L;
}

interface MultipleEdge<L> {
  /** How many segments follow in the template: with it, what `**` takes of a given path is fixed, nothing is tried. */
  readonly following: number;
  /** The first of them is a literal. */
  readonly literalNext: boolean;
  readonly node: RouteNode<L>;
}

/** The node at which a template ends, made with those before it where they are missing. */
export function growTree<L>(root: RouteNode<L>, segments: readonly Segment[]): RouteNode<L> {
  let node = root;
  segments.forEach((segment, index) => {
    if (segment.kind === '**') node = childBehindMultiple(node, segments.slice(index + 1));
    else if (segment.kind === '*') node = node.single ??= {};
    else node = literalChild(node, segment.value);
  });
  return node;
}

function literalChild<L>(node: RouteNode<L>, value: string): RouteNode<L> {
  node.literals ??= new Map();
  const child = node.literals.get(value) ?? {};
  node.literals.set(value, child);
  return child;
}

function childBehindMultiple<L>(node: RouteNode<L>, rest: readonly Segment[]): RouteNode<L> {
  const following = rest.length;
  const literalNext = rest[0]?.kind === 'literal';
  node.multiple ??= [];
  const known = node.multiple.find((edge) => edge.following === following && edge.literalNext === literalNext);
  if (known) return known.node;
  const child: RouteNode<L> = {};
  node.multiple.push({ following, literalNext, node: child });
  node.multiple.sort(
    (one, other) => other.following - one.following || Number(other.literalNext) - Number(one.literalNext),
  );
  return child;
}

/**
 * The most specific leaf for a path: from the left, a literal before `*` before `**`. Every node is tried at no more
 * than one place of the path, so the cost is bounded by the nodes that the path's own segments can reach.
 */
export function findLeaf<L>(node: RouteNode<L>, segments: readonly string[], at: number): L | undefined {
  if (at === segments.length) {
    if (node.leaf !== undefined) return node.leaf;
  } else {
    const next = node.literals?.get(segments[at] ?? '');
    const leaf = next && findLeaf(next, segments, at + 1);
    if (leaf !== undefined) return leaf;
    const other = node.single && findLeaf(node.single, segments, at + 1);
    if (other !== undefined) return other;
  }
  return node.multiple && findBehindMultiple(node.multiple, segments, at);
}

/**
 * The longest rest of a template first; but a `**` that takes nothing of the path and has `*` behind it last of all,
 * since `/{a=**}/{b}` would leave nothing to `/{a=**}` (Firestore has both).
 */
function findBehindMultiple<L>(
  edges: readonly MultipleEdge<L>[],
  segments: readonly string[],
  at: number,
): L | undefined {
  for (const { following, literalNext, node } of edges) {
    const behind = segments.length - following;
    const leaf = behind > at || (behind === at && literalNext) ? findLeaf(node, segments, behind) : undefined;
    if (leaf !== undefined) return leaf;
  }
  const empty = edges.find(({ following, literalNext }) => segments.length - following === at && !literalNext);
  return empty && findLeaf(empty.node, segments, at);
}
