import { createHash } from 'node:crypto';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type HttpRule, HttpRuleSchema } from '../gen/google/api/http_pb.ts';
import { type FileState, fileState, readBounded } from './file-state.ts';

/** A rule of an API configuration, with the method that it is for. */
export interface ConfiguredRule {
  /** "package.Service.Method" */
  readonly selector: string;
  readonly rule: HttpRule;
  /** "api.yaml:12: package.Service.Method" */
  readonly source: string;
}

export interface ApiConfig {
  readonly rules: readonly ConfiguredRule[];
  readonly faults: readonly string[];
  /** Of the file, just before it was read. */
  readonly state: FileState;
  readonly digest: string;
}

const apiConfigLimits = { bytes: 16 * 1024 * 1024 } as const;

/**
 * The HTTP rules of a gRPC API configuration: `http.rules` of google.api.Service in YAML
 * (https://cloud.google.com/endpoints/docs/grpc/grpc-service-config). What else such a file holds is not looked at.
 */
export async function readApiConfig(path: string): Promise<ApiConfig> {
  const state = await fileState(path);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readBounded(state, apiConfigLimits.bytes));
    return { ...parseApiConfig(path, text), state, digest: createHash('sha256').update(text).digest('hex') };
  } catch (error) {
    return { rules: [], faults: [`${path}: ${messageOf(error)}`], state, digest: '' };
  }
}

/** As `readApiConfig`, of a text. */
export function parseApiConfig(path: string, text: string): Pick<ApiConfig, 'rules' | 'faults'> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ message, pos: [start] }) => {
      const { line, col } = lines.linePos(start);
      return `${path}:${line}:${col}: ${message}`;
    });
    return { rules: [], faults };
  }
  const rules = document.getIn(['http', 'rules'], true);
  if (rules === undefined) return { rules: [], faults: [`${path}: has no http.rules`] };
  if (!isSeq<Node>(rules)) return { rules: [], faults: [`${path}: http.rules is not a list`] };
  const read = rules.items.map((node) => {
    const place = `${path}:${lines.linePos(node.range?.[0] ?? 0).line}`;
    const selector = isMap(node) ? String(node.get('selector') ?? '').trim() : '';
    if (!/^[\w.]+$/.test(selector))
      return `${place}: a rule needs the selector of one method, "package.Service.Method"`;
    const source = `${place}: ${selector}`;
    try {
      const value: JsonValue = node.toJS(document);
      return { selector, rule: fromJson(HttpRuleSchema, value), source };
    } catch (error) {
      return `${source}: ${messageOf(error)}`;
    }
  });
  return {
    rules: read.filter((each) => typeof each !== 'string'),
    faults: read.filter((each) => typeof each === 'string'),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
