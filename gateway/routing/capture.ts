import type { PathTemplate } from './path-template.ts';
import { percentDecodeExceptSlash } from './percent-decoding.ts';
import type { RequestPath } from './request-path.ts';

/** Reads the values of a template's variables, in its order, from a path that the template matches (verb cut off). */
export type Capture = (path: RequestPath) => readonly string[];

/**
 * http.proto: a variable of one segment is decoded fully; in one that may hold several, "%2F" and "%2f" are left
 * unchanged, so that the value can be cut into the segments of the path again.
 */
export function compileCapture({ segments, variables }: PathTemplate): Capture {
  const multiple = segments.findIndex(({ kind }) => kind === '**');
  /** Whether a place in the template moves when `**` takes more than one segment, or none. */
  const moves = (at: number): boolean => multiple >= 0 && at > multiple;
  const spans = variables.map(({ start, end, multi }) => ({
    start,
    end,
    multi,
    startMoves: moves(start),
    endMoves: moves(end),
  }));
  return (path) => {
    const shift = path.raw.length - segments.length;
    return spans.map(({ start, end, multi, startMoves, endMoves }) => {
      const from = startMoves ? start + shift : start;
      if (!multi) return path.decoded[from] ?? '';
      const to = endMoves ? end + shift : end;
      const parts = path.raw.slice(from, to);
      return (path.raw === path.decoded ? parts : parts.map(percentDecodeExceptSlash)).join('/');
    });
  };
}
