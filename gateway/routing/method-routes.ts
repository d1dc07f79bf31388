import type { PathTemplate } from './path-template.ts';
import { percentDecode } from './percent-decoding.ts';
import type { RequestPath } from './request-path.ts';
import { findLeaf, growTree, type RouteNode } from './route-tree.ts';

/** A leaf, and the path that led to it: without the verb, if the template has one. */
export interface FoundLeaf<L> {
  readonly leaf: L;
  readonly path: RequestPath;
}

/** The routes of one HTTP method: a tree for each verb, and one for the templates without. */
export class MethodRoutes<L> {
  readonly #plain: RouteNode<L> = {};
  readonly #byVerb = new Map<string, RouteNode<L>>();
  /** The most colons within a verb. */
  #colons = 0;

  /** The place where what serves a template is kept; equivalent templates share it. */
  nodeFor({ segments, verb }: PathTemplate): RouteNode<L> {
    if (verb === '') return growTree(this.#plain, segments);
    let root = this.#byVerb.get(verb);
    if (!root) {
      root = {};
      this.#byVerb.set(verb, root);
      this.#colons = Math.max(this.#colons, verb.split(':').length - 1);
    }
    return growTree(root, segments);
  }

  /** A template whose verb the path has goes before one without a verb, and a longer verb before a shorter one. */
  find(path: RequestPath): FoundLeaf<L> | undefined {
    const found = this.#byVerb.size > 0 ? this.#findByVerb(path) : undefined;
    if (found) return found;
    const leaf = findLeaf(this.#plain, path.decoded, 0);
    return leaf === undefined ? undefined : { leaf, path };
  }

  #findByVerb(path: RequestPath): FoundLeaf<L> | undefined {
    const last = path.raw.at(-1) ?? '';
    for (let colon = this.#firstColon(last); colon >= 0; colon = last.indexOf(':', colon + 1)) {
      const root = this.#byVerb.get(percentDecode(last.slice(colon + 1)));
      if (!root) continue;
      const cut = cutLast(path, last.slice(0, colon));
      const leaf = findLeaf(root, cut.decoded, 0);
      if (leaf !== undefined) return { leaf, path: cut };
    }
    return undefined;
  }

  /** Where the longest possible verb of a segment begins; an escaped colon is not one. */
  #firstColon(segment: string): number {
    let first = segment.lastIndexOf(':');
    for (let more = this.#colons; more > 0 && first > 0; more -= 1) {
      const before = segment.lastIndexOf(':', first - 1);
      if (before < 0) break;
      first = before;
    }
    return first;
  }
}

function cutLast({ raw, decoded }: RequestPath, last: string): RequestPath {
  const cutRaw = [...raw.slice(0, -1), last];
  return { raw: cutRaw, decoded: raw === decoded ? cutRaw : [...decoded.slice(0, -1), percentDecode(last)] };
}
