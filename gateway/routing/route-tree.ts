import type { Segment } from './path-template.ts';

/** A place in the tree of templates: what may come next, the more specific first. */
export interface RouteNode<L> {
  /** By decoded text. */
  literals?: Map<string, RouteNode<L>>;
  /** `*` */
  single?: RouteNode<L>;
  /**
   * `**`, one for each number of segments that may follow it, the longest first. As that number is fixed, so is what
   * `**` takes of a given path: there is nothing to try.
   */
  multiple?: { readonly following: number; readonly node: RouteNode<L> }[];
  /** What ends here. */
  leaf?: L;
}

/** The node at which a template ends, made with those before it where they are missing. */
export function growTree<L>(root: RouteNode<L>, segments: readonly Segment[]): RouteNode<L> {
  let node = root;
  segments.forEach((segment, index) => {
    node = childOf(node, segment, segments.length - index - 1);
  });
  return node;
}

function childOf<L>(node: RouteNode<L>, segment: Segment, following: number): RouteNode<L> {
  if (segment.kind === '*') {
    node.single ??= {};
    return node.single;
  }
  if (segment.kind === 'literal') {
    node.literals ??= new Map();
    const known = node.literals.get(segment.value);
    if (known) return known;
    const made: RouteNode<L> = {};
    node.literals.set(segment.value, made);
    return made;
  }
  node.multiple ??= [];
  const known = node.multiple.find((edge) => edge.following === following);
  if (known) return known.node;
  const made: RouteNode<L> = {};
  node.multiple.push({ following, node: made });
  node.multiple.sort((one, other) => other.following - one.following);
  return made;
}

/**
 * The most specific leaf for a path: from the left, a literal before `*` before `**`. Every node is tried at no more
 * than one place of the path, so the cost is bounded by the nodes that the path's own segments can reach.
 */
export function findLeaf<L>(node: RouteNode<L>, segments: readonly string[], at: number): L | undefined {
  if (at === segments.length) {
    if (node.leaf !== undefined) return node.leaf;
  } else {
    if (node.literals) {
      const next = node.literals.get(segments[at] ?? '');
      const leaf = next && findLeaf(next, segments, at + 1);
      if (leaf !== undefined) return leaf;
    }
    if (node.single) {
      const leaf = findLeaf(node.single, segments, at + 1);
      if (leaf !== undefined) return leaf;
    }
  }
  if (node.multiple) {
    for (const { following, node: next } of node.multiple) {
      const rest = segments.length - following;
      const leaf = rest >= at ? findLeaf(next, segments, rest) : undefined;
      if (leaf !== undefined) return leaf;
    }
  }
  return undefined;
}
