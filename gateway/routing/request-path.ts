import { findBadEscape, isEncoded, isUtf8Encoded, percentDecode } from './percent-decoding.ts';

/** Caps on the path of a request; what is past them is answered with 414. */
export interface PathLimits {
  /** Characters as sent: an escape counts as three. */
  readonly maxPathLength: number;
  /** Segments between slashes. */
  readonly maxSegments: number;
}

export const defaultPathLimits: PathLimits = { maxPathLength: 8192, maxSegments: 256 };

/** A path cut at its slashes: "/a/b%20c" has the segments "a" and "b c", "/" one that is empty. */
export interface RequestPath {
  /** As sent. */
  readonly raw: readonly string[];
  /** Percent-decoded; the very array `raw` if nothing is encoded. */
  readonly decoded: readonly string[];
}

/** A path that no route can serve. */
export interface MalformedPath {
  readonly kind: 'malformed';
  /** 400: a bad escape, or bytes that are not UTF-8. 414: past a cap. */
  readonly httpStatus: 400 | 414;
  readonly message: string;
}

/** Cuts and decodes a path that begins with a slash and has one character for each byte, as in IncomingMessage.url. */
export function splitPath(path: string, limits: PathLimits): RequestPath | MalformedPath {
  if (path.length > limits.maxPathLength) {
    return malformed(414, `path is longer than ${limits.maxPathLength} characters`);
  }
  const raw = path.slice(1).split('/', limits.maxSegments + 1);
  if (raw.length > limits.maxSegments) return malformed(414, `path has more than ${limits.maxSegments} segments`);
  if (!isEncoded(path)) return { raw, decoded: raw };
  const bad = findBadEscape(path);
  if (bad >= 0) return malformed(400, `invalid URL escape "${path.slice(bad, bad + 3)}"`);
  if (!isUtf8Encoded(path)) return malformed(400, 'path is not UTF-8');
  return { raw, decoded: raw.map(percentDecode) };
}

/** A path in which slashes were escaped. */
export interface UnescapedPath {
  /** The path with plain slashes. */
  readonly path: string;
  /** The segments of it that an escaped slash preceded. */
  readonly escapedAt: readonly number[];
}

/** Undefined for a path without "%2F" or "%2f". */
export function unescapeSlashes(path: string): UnescapedPath | undefined {
  if (!/%2f/i.test(path)) return undefined;
  const slashes = path.match(/\/|%2f/gi) ?? [];
  const escapedAt = slashes.flatMap((slash, index) => (slash === '/' ? [] : [index]));
  return { path: path.replace(/%2f/gi, '/'), escapedAt };
}

function malformed(httpStatus: 400 | 414, message: string): MalformedPath {
  return { kind: 'malformed', httpStatus, message };
}
