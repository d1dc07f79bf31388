import type { PathTemplate } from './path-template.ts';
import { percentDecodeExceptSlash } from './percent-decoding.ts';
import type { RequestPath } from './request-path.ts';

/** What the variables of a template take of the paths that it matches (verb cut off). */
export interface Capture {
  /** The values of the variables, in the template's order. */
  values(path: RequestPath): readonly string[];
  /** Whether the slash before the segment `at` belongs to the value of a variable. */
  holdsSlash(path: RequestPath, at: number): boolean;
}

/**
 * http.proto: a variable of one segment is decoded fully; in one that may hold several, "%2F" and "%2f" are left
 * unchanged, so that the value can be cut into the segments of the path again.
 */
export function compileCapture({ segments, variables }: PathTemplate): Capture {
  const multiple = segments.findIndex(({ kind }) => kind === '**');
  /** How many segments `**` takes beyond one is how far every place behind it moves. */
  const placeOf = (at: number): ((shift: number) => number) =>
    multiple >= 0 && at > multiple ? (shift) => at + shift : () => at;
  const spans = variables.map(({ start, end, multi }) => ({ from: placeOf(start), to: placeOf(end), multi }));
  return {
    values: (path) => {
      const shift = path.raw.length - segments.length;
      return spans.map(({ from, to, multi }) => {
        if (!multi) return path.decoded[from(shift)] ?? '';
        const parts = path.raw.slice(from(shift), to(shift));
        return (path.raw === path.decoded ? parts : parts.map(percentDecodeExceptSlash)).join('/');
      });
    },
    holdsSlash: (path, at) => {
      const shift = path.raw.length - segments.length;
      return spans.some(({ from, to }) => from(shift) < at && at < to(shift));
    },
  };
}
