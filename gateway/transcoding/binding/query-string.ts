import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';

/** Values of each name in order of arrival; names in order of first arrival. */
export type QueryParameters = ReadonlyMap<string, readonly string[]>;

/** Parameters that one request may carry; each costs a look-up. */
export const maxQueryParameters = 1000;

const none: QueryParameters = new Map();

/** application/x-www-form-urlencoded text (WHATWG URL, section 5.1), but strict: a malformed escape is INVALID_ARGUMENT. */
export function parseQueryString(text: string): QueryParameters {
  if (text === '') return none;
  const parameters = new Map<string, string[]>();
  let count = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      count += 1;
      if (count > maxQueryParameters) {
        throw new StatusError(Code.INVALID_ARGUMENT, `more than ${maxQueryParameters} query parameters`);
      }
      const pair = text.slice(start, end);
      const equals = pair.indexOf('=');
      const name = decode(equals === -1 ? pair : pair.slice(0, equals));
      const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
      const values = parameters.get(name);
      if (values === undefined) parameters.set(name, [value]);
      else values.push(value);
    }
    start = end + 1;
  }
  return parameters;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (cause) {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    throw new StatusError(Code.INVALID_ARGUMENT, `malformed escape in the query: "${shown}"`, { cause });
  }
}
