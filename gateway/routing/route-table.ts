import { type Capture, compileCapture } from './capture.ts';
import { type FoundLeaf, MethodRoutes } from './method-routes.ts';
import type { PathTemplate } from './path-template.ts';
import {
  defaultPathLimits,
  type MalformedPath,
  type PathLimits,
  type RequestPath,
  splitPath,
  unescapeSlashes,
} from './request-path.ts';

export interface Route<T> {
  /** As in the request line, case and all; "*" serves every method (http.proto, CustomHttpPattern). */
  readonly httpMethod: string;
  readonly template: PathTemplate;
  readonly value: T;
}

/** The route that serves a request. */
export interface FoundRoute<T> {
  readonly kind: 'found';
  readonly value: T;
  /** Decoded values of the template's variables, in its order. */
  readonly captures: readonly string[];
}

/** The path has routes, but none for the method (405, or the answer to OPTIONS). */
export interface MethodMismatch {
  readonly kind: 'method';
  /** What the path's routes serve, sorted, HEAD with every GET. */
  readonly allow: readonly string[];
}

export type Match<T> = FoundRoute<T> | MethodMismatch | MalformedPath | { readonly kind: 'none' };

export interface RouteTable<T> {
  /**
   * Finds the route of a request. `rawPath` is the path of the request target as sent: up to '?', escapes intact, one
   * character for each byte (as in IncomingMessage.url), without scheme and host.
   */
  match(httpMethod: string, rawPath: string): Match<T>;
  /** Routes with the same method and an equivalent template, of which only the later one serves. */
  readonly conflicts: readonly RouteConflict<T>[];
}

export interface RouteConflict<T> {
  readonly earlier: T;
  readonly later: T;
}

interface Leaf<T> extends Route<T> {
  readonly capture: Capture;
}

const anyMethod = '*';

/**
 * Builds a table in which the most specific route wins, whatever the order: a template with the path's verb before one
 * without; then, segment by segment from the left, a literal before `*` before `**`; then the method itself before "*".
 */
export function createRouteTable<T>(
  routes: readonly Route<T>[],
  limits: PathLimits = defaultPathLimits,
): RouteTable<T> {
  const { methods, conflicts } = growMethods(routes);

  /** A HEAD route of its own before one for GET; "*" serves what no route names. */
  const find = (httpMethod: string, path: RequestPath): FoundLeaf<Leaf<T>> | undefined => {
    const own = methods.get(httpMethod)?.find(path);
    if (own) return own;
    if (httpMethod === 'HEAD') return find('GET', path);
    return methods.has(httpMethod) ? undefined : methods.get(anyMethod)?.find(path);
  };

  /**
   * Clients that are made from an OpenAPI document, which knows no variables of several segments, escape the slashes in
   * their values: "/v1/shelves%2F1" for "/v1/{name=shelves/*}". That is no path by http.proto, so it takes none from
   * another route.
   */
  const findEscaped = (httpMethod: string, rawPath: string): FoundLeaf<Leaf<T>> | undefined => {
    const unescaped = unescapeSlashes(rawPath);
    const path = unescaped && splitPath(unescaped.path, limits);
    if (path === undefined || 'kind' in path) return undefined;
    const found = find(httpMethod, path);
    const isMeant = unescaped?.escapedAt.every((at) => found?.leaf.capture.holdsSlash(found.path, at));
    return isMeant ? found : undefined;
  };

  const search = (httpMethod: string, rawPath: string): Match<T> => {
    if (!rawPath.startsWith('/')) return { kind: 'none' };
    const path = splitPath(rawPath, limits);
    if ('kind' in path) return path;
    const found = find(httpMethod, path) ?? findEscaped(httpMethod, rawPath);
    if (found) return foundRoute(found);
    const allow = [...methods].filter(([, tree]) => tree.find(path)).map(([name]) => name);
    if (allow.length === 0) return { kind: 'none' };
    if (allow.includes('GET') && !allow.includes('HEAD')) allow.push('HEAD');
    return { kind: 'method', allow: allow.sort() };
  };

  const literalPaths = new Map<string, Map<string, Match<T>>>();
  for (const { httpMethod, template } of routes) {
    const rawPath = literalPath(template);
    if (rawPath === undefined) continue;
    const known = literalPaths.get(httpMethod) ?? new Map<string, Match<T>>();
    literalPaths.set(httpMethod, known.set(rawPath, search(httpMethod, rawPath)));
  }

  return {
    match: (httpMethod, rawPath) => literalPaths.get(httpMethod)?.get(rawPath) ?? search(httpMethod, rawPath),
    conflicts,
  };
}

/** A tree for every method that is named, and one for "*", whose routes stand in the others too: HEAD has them from GET. */
function growMethods<T>(routes: readonly Route<T>[]) {
  const methods = new Map<string, MethodRoutes<Leaf<T>>>([[anyMethod, new MethodRoutes()]]);
  const conflicts: RouteConflict<T>[] = [];
  for (const { httpMethod } of routes) if (!methods.has(httpMethod)) methods.set(httpMethod, new MethodRoutes());
  for (const route of routes) {
    const leaf = { ...route, capture: compileCapture(route.template) };
    for (const [name, tree] of methods) {
      const isOwn = route.httpMethod === name;
      if (!isOwn && (route.httpMethod !== anyMethod || name === 'HEAD')) continue;
      const node = tree.nodeFor(route.template);
      const earlier = node.leaf?.httpMethod === name ? node.leaf : undefined;
      if (earlier && isOwn) conflicts.push({ earlier: earlier.value, later: route.value });
      if (isOwn || !earlier) node.leaf = leaf;
    }
  }
  return { methods, conflicts };
}

function foundRoute<T>({ leaf, path }: FoundLeaf<Leaf<T>>): FoundRoute<T> {
  return { kind: 'found', value: leaf.value, captures: leaf.capture.values(path) };
}

/** The path of a template without wildcards, whose match is then known beforehand. */
function literalPath({ segments, verb }: PathTemplate): string | undefined {
  const names = segments.map((segment) => (segment.kind === 'literal' ? segment.value : undefined));
  return names.includes(undefined) ? undefined : `/${names.join('/')}${verb === '' ? '' : `:${verb}`}`;
}
