import type { PathTemplate } from '../../gateway/routing/path-template.ts';

export interface ExampleRequest {
  readonly path: string;
  /** What the template's variables hold, in its order. */
  readonly captures: readonly string[];
}

/**
 * A path made from a template as http.proto tells clients to: with what `value` gives for the `*` at an index of the
 * template (left out: text of which some must be escaped), and with the segments of `rest` for `**`.
 */
export function exampleRequest(
  { segments, variables, verb }: PathTemplate,
  rest: readonly string[],
  value: (index: number) => string = (index) => `välue:${index}`,
): ExampleRequest {
  const values = segments.map((segment, index) => {
    if (segment.kind === 'literal') return [segment.value];
    return segment.kind === '**' ? rest : [value(index)];
  });
  const path = `/${values.flat().map(encodeURIComponent).join('/')}${verb === '' ? '' : `:${verb}`}`;
  return { path, captures: variables.map(({ start, end }) => values.slice(start, end).flat().join('/')) };
}

/** Templates of one method with the same key match the same paths. */
export function equivalenceKey({ segments, verb }: PathTemplate): string {
  return JSON.stringify([segments.map(({ kind, ...literal }) => ('value' in literal ? [literal.value] : kind)), verb]);
}
