import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Code } from '../../status/code.ts';
import { StatusError } from '../../status/status-error.ts';
import { type Codecs, maxDepth } from '../codec.ts';
import { findField } from '../find-field.ts';
import { bindField, type FieldPath, type TextValue } from './bind-field.ts';
import type { QueryParameters } from './query-string.ts';

export interface QueryBinderOptions {
  readonly request: DescMessage;
  /** Fields that the path sets; a query parameter for one of them, or for a part of it, is passed over. */
  readonly pathVariables: readonly FieldPath[];
  /** The field that the body sets, none when empty; it takes no query parameters either. */
  readonly bodyPath: FieldPath;
  readonly codecs: Codecs;
  readonly unknownParameters: 'ignore' | 'reject';
}

/** Appends the wire bytes of all parameters; gives the top-level fields that were set. Throws INVALID_ARGUMENT. */
export type QueryBinder = (writer: BinaryWriter, parameters: QueryParameters) => ReadonlySet<DescField>;

const nothing: ReadonlySet<DescField> = new Set();

/** Binds query parameters to the fields that neither path nor body sets (google/api/http.proto, HttpRule). */
export function createQueryBinder(options: QueryBinderOptions): QueryBinder {
  const { request, pathVariables, bodyPath, codecs } = options;
  const boundPaths = bodyPath.length === 0 ? pathVariables : [...pathVariables, bodyPath];
  const isBound = (path: FieldPath) => boundPaths.some((bound) => bound.every((field, index) => field === path[index]));
  const resolve = rememberFirst(maxRemembered, (name) => resolveParameter(request, name, isBound));

  return (writer, parameters) => {
    if (parameters.size === 0) return nothing;
    const set = new Set<DescField>();
    const taken = new Taken(pathVariables);
    for (const [name, texts] of parameters) {
      const parameter = resolve(name);
      if (parameter === undefined) {
        if (options.unknownParameters === 'reject') throw invalid(name, 'no such field');
        continue;
      }
      if (isBound(parameter.path)) continue;
      taken.claim(name, parameter, texts.length);
      bindField(writer, parameter.path, valuesOf(parameter, texts), { codecs, parameter: name });
      const [top] = parameter.path;
      if (top !== undefined) set.add(top);
    }
    return set;
  };
}

interface Parameter {
  readonly path: FieldPath;
  readonly key: string | undefined;
}

/** "inner.tags" or "labels[key]" → fields, no further than one that is bound; undefined when there is no such field. */
function resolveParameter(
  request: DescMessage,
  name: string,
  isBound: (path: FieldPath) => boolean,
): Parameter | undefined {
  const bracket = name.endsWith(']') ? name.indexOf('[') : -1;
  const key = bracket === -1 ? undefined : name.slice(bracket + 1, -1);
  const names = (bracket === -1 ? name : name.slice(0, bracket)).split('.');
  if (names.length > maxDepth) throw invalid(name, `nested deeper than ${maxDepth} fields`);
  const path: DescField[] = [];
  let message: DescMessage | undefined = request;
  for (const [index, part] of names.entries()) {
    const field: DescField | undefined = message && findField(message, part);
    if (field === undefined) return undefined;
    path.push(field);
    if (isBound(path)) return { path, key: undefined };
    message = field.fieldKind === 'message' ? field.message : undefined;
    if (message === undefined && index < names.length - 1) throw invalid(name, `"${part}" is not a message`);
  }
  if (key !== undefined && path.at(-1)?.fieldKind !== 'map') throw invalid(name, 'the field is not a map');
  return { path, key };
}

function valuesOf({ key }: Parameter, texts: readonly string[]): readonly TextValue[] {
  return texts.map((text) => (key === undefined ? { text } : { key, text }));
}

/** What a request has set already: each field once (or each map key once), one member of a oneof. */
class Taken {
  readonly #targets = new Set<string>();
  readonly #members = new Map<string, DescField>();

  constructor(pathVariables: readonly FieldPath[]) {
    for (const path of pathVariables) this.#claimMembers(path, '');
  }

  claim(name: string, { path, key }: Parameter, count: number): void {
    const leaf = path.at(-1);
    const target = `${path.map((field) => field.number).join('.')}${key === undefined ? '' : `[${key}]`}`;
    if (this.#targets.has(target)) throw invalid(name, 'the field is given twice');
    this.#targets.add(target);
    if (count > 1 && leaf?.fieldKind !== 'list') throw invalid(name, 'more than one value');
    this.#claimMembers(path, name);
  }

  #claimMembers(path: FieldPath, name: string): void {
    let prefix = '';
    for (const field of path) {
      if (field.oneof !== undefined) {
        const group = `${prefix}${field.oneof.name}`;
        const member = this.#members.get(group);
        if (member !== undefined && member !== field) {
          throw invalid(name, `"${member.name}" of the oneof "${field.oneof.name}" is set already`);
        }
        this.#members.set(group, field);
      }
      prefix += `${field.number}.`;
    }
  }
}

function invalid(parameter: string, reason: string): StatusError {
  const shown = parameter.length > 100 ? `${parameter.slice(0, 100)}…` : parameter;
  return new StatusError(Code.INVALID_ARGUMENT, `parameter "${shown}": ${reason}`);
}

/** Names resolved so far that a route keeps: names come from clients and recursive messages have endless ones. */
const maxRemembered = 256;

function rememberFirst<T>(limit: number, compute: (name: string) => T | undefined): (name: string) => T | undefined {
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const computed = compute(name);
    if (computed !== undefined && known.size < limit && name.length <= 128) known.set(name, computed);
    return computed;
  };
}
