import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PathTemplate, parsePathTemplate, type Segment } from './path-template.ts';
import { createRouteTable } from './route-table.ts';
import { TemplateSyntaxError } from './template-syntax-error.ts';

/** What a template and a path for it are made of: the same part as template text, as field values and as path. */
interface Part {
  readonly template: string;
  readonly path: string;
  readonly values: readonly string[];
}

const unreserved = fc.stringMatching(/^[-_.~0-9a-zA-Z]{1,5}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 6 }).map((value) => value.toWellFormed());
const textWithoutSlash = text.map((value) => value.replaceAll('/', ''));
const multipleText = fc.array(textWithoutSlash, { maxLength: 4 });

/** As a client does it by http.proto: "all characters except [-_.~0-9a-zA-Z] are percent-encoded". */
function expand(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const literalPart = unreserved.map((name): Part => ({ template: `/${name}`, path: `/${name}`, values: [] }));
const wildcardPart = text.map((value): Part => ({ template: '/*', path: `/${expand(value)}`, values: [] }));
const singlePart = fc
  .tuple(text, fc.boolean())
  .map(([value, long]): Part => ({ template: long ? '/{?=*}' : '/{?}', path: `/${expand(value)}`, values: [value] }));
const severalPart = fc.tuple(unreserved, textWithoutSlash, unreserved).map(
  ([first, value, last]): Part => ({
    template: `/{?=${first}/*/${last}}`,
    path: `/${first}/${expand(value)}/${last}`,
    values: [`${first}/${value}/${last}`],
  }),
);
const multiplePart = fc.tuple(unreserved, multipleText).map(([first, values]): Part => {
  const path = [first, ...values.map(expand)].join('/');
  return { template: `/{?=${first}/**}`, path: `/${path}`, values: [[first, ...values].join('/')] };
});

const parts = fc.array(fc.oneof(literalPart, wildcardPart, singlePart, severalPart), { minLength: 1, maxLength: 6 });

test('a path made from a template reaches it, with the values that it was made of', () => {
  const cases = fc.tuple(parts, fc.option(multiplePart, { nil: undefined }), parts, fc.option(unreserved));
  fc.assert(
    fc.property(cases, ([before, multiple, after, verb]) => {
      const all = [...before, ...(multiple ? [multiple] : []), ...after];
      let count = 0;
      const suffix = verb === null ? '' : `:${verb}`;
      const template = all.map((part) => part.template.replace('?', () => `field.n${count++}`)).join('') + suffix;
      const path = all.map((part) => part.path).join('') + suffix;
      const table = createRouteTable([{ httpMethod: 'GET', template: parsePathTemplate(template), value: template }]);
      const captures = all.flatMap((part) => part.values);
      assert.deepEqual(table.match('GET', path), { kind: 'found', value: template, captures });
    }),
  );
});

const templateText = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', '*', '**'), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', ':v', ':w', ':v:w'),
  )
  .filter(([segments]) => segments.filter((segment) => segment === '**').length < 2)
  .map(([segments, verb]) => {
    const last = segments.at(-1);
    // ":v:w" is one verb only after a wildcard.
    return `/${segments.join('/')}${last === 'a' || last === 'b' ? verb.slice(0, 2) : verb}`;
  });
const templates = fc.uniqueArray(templateText, { maxLength: 20 });
const pathText = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('', '', ':v', ':w', ':v:w', ':x', ':'),
  )
  .map(([segments, verb]) => `/${segments.join('/')}${verb}`);

function tableOf(texts: readonly string[]) {
  return createRouteTable(texts.map((value) => ({ httpMethod: 'GET', template: parsePathTemplate(value), value })));
}

/** The definition of a match, without a tree. */
function matches(segments: readonly Segment[], names: readonly string[]): boolean {
  const [segment, ...rest] = segments;
  if (!segment) return names.length === 0;
  if (segment.kind === '**') return names.some((_, taken) => matches(rest, names.slice(taken))) || matches(rest, []);
  const [name, ...following] = names;
  if (name === undefined || (segment.kind === 'literal' && segment.value !== name)) return false;
  return matches(rest, following);
}

/** Less is more specific: for each segment 0 for a literal, 1 for `*`, 2 for `**`, 3 for `**` that is empty before `*`. */
function rank({ segments, verb }: PathTemplate, length: number): readonly number[] {
  const kinds = segments.flatMap(({ kind }, index) => {
    if (kind !== '**') return [kind === 'literal' ? 0 : 1];
    const following = segments.length - index - 1;
    const isEmpty = length === segments.length - 1;
    return [isEmpty && segments[index + 1]?.kind !== 'literal' ? 3 : 2, -following];
  });
  return [-verb.length, ...kinds];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((number, at) => number !== other[at]);
  return index < 0 ? one.length - other.length : (one[index] ?? 0) - (other[index] ?? -1);
}

function expectedTemplate(texts: readonly string[], path: string): string | undefined {
  const { length } = path.slice(1).split('/');
  return texts
    .filter((value) => {
      const { segments, verb } = parsePathTemplate(value);
      const suffix = verb === '' ? '' : `:${verb}`;
      return path.endsWith(suffix) && matches(segments, path.slice(1, path.length - suffix.length).split('/'));
    })
    .toSorted((one, other) => compare(rank(parsePathTemplate(one), length), rank(parsePathTemplate(other), length)))[0];
}

test('the tree finds what a search of all templates finds most specific', () => {
  fc.assert(
    fc.property(templates, pathText, (texts, path) => {
      const match = tableOf(texts).match('GET', path);
      assert.equal(match.kind === 'found' ? match.value : undefined, expectedTemplate(texts, path));
    }),
    { numRuns: 1000 },
  );
});

test('the order of routes does not matter', () => {
  const cases = templates.chain((texts) =>
    fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length }), pathText),
  );
  fc.assert(
    fc.property(cases, ([texts, shuffled, path]) => {
      assert.deepEqual(tableOf(shuffled).match('GET', path), tableOf(texts).match('GET', path));
    }),
  );
});

test('any text is a template or a syntax error within it', () => {
  const fragment = fc.constantFrom(
    '/',
    '*',
    '**',
    '{',
    '}',
    '=',
    ':',
    '.',
    '%',
    '%2F',
    'a',
    'name',
    '?',
    'é',
    '\ud800',
  );
  const cases = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragment, { maxLength: 12 }).map((fragments) => `/${fragments.join('')}`),
  );
  fc.assert(
    fc.property(cases, (value) => {
      try {
        const { segments, variables } = parsePathTemplate(value);
        assert.ok(segments.length > 0);
        for (const { start, end } of variables) assert.ok(start >= 0 && start < end && end <= segments.length);
      } catch (thrown) {
        if (!(thrown instanceof TemplateSyntaxError)) throw thrown;
        assert.ok(thrown.column >= 1 && thrown.column <= value.length + 1);
      }
    }),
    { numRuns: 2000 },
  );
});

test('any method and any bytes of a path have an answer', () => {
  const table = tableOf(['/', '/a/*:v', '/a/{x=**}:v:w', '/{x}/{y=a/**}/b', '/%2F/é', '/{rest=**}']);
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const fragment = fc.oneof(
    byte,
    fc.constantFrom('/', '%', '%2F', '%2f', '%C3%A9', '\u00c3\u00a9', ':v', ':w', 'a', 'b'),
  );
  const path = fc.array(fragment, { maxLength: 20 }).map((fragments) => fragments.join(''));
  const method = fc.oneof(fc.constantFrom('GET', 'HEAD', '*', '__proto__'), fc.string());
  fc.assert(
    fc.property(
      method,
      fc.oneof(
        path,
        path.map((rest) => `/${rest}`),
        fc.string({ unit: 'binary' }),
      ),
      (name, rawPath) => {
        const match = table.match(name, rawPath);
        if (match.kind === 'found') for (const value of match.captures) assert.ok(value.isWellFormed());
        if (match.kind === 'none') assert.ok(!rawPath.startsWith('/'));
      },
    ),
    { numRuns: 2000 },
  );
});
