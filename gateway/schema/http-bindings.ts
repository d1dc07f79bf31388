import {
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
  getOption,
  hasOption,
} from '@bufbuild/protobuf';
import { http } from '../gen/google/api/annotations_pb.ts';
import type { HttpRule } from '../gen/google/api/http_pb.ts';
import { parsePathTemplate } from '../routing/path-template.ts';
import { TemplateSyntaxError } from '../routing/template-syntax-error.ts';
import type { ConfiguredRule } from './read-api-config.ts';
import type { HttpBinding } from './schema.ts';

export interface BoundServices {
  readonly bindings: readonly HttpBinding[];
  /** What is wrong with the rules, a line each. */
  readonly faults: readonly string[];
}

/** A rule with where it stands: in an option of its method, or in an API configuration. */
interface SourcedRule {
  readonly method: DescMethod;
  readonly rule: HttpRule;
  readonly source: string;
}

/**
 * The bindings of all methods, in order. A configured rule takes the place of the annotation of its method
 * (google/api/http.proto, "Using gRPC API Service Configuration"), and the last one for a method counts
 * (google.api.Http.rules).
 */
export function bindServices(
  services: readonly DescService[],
  configured: readonly ConfiguredRule[],
  unboundMethods: boolean,
): BoundServices {
  const faults: string[] = [];
  const rules = new Map(configured.map((each) => [each.selector, each]));
  const bindings = services
    .flatMap(({ methods }) => methods)
    .flatMap((method) => {
      const selector = `${method.parent.typeName}.${method.name}`;
      const rule = rules.get(selector) ?? annotationOf(method);
      rules.delete(selector);
      if (rule !== undefined) return bindRule({ method, rule: rule.rule, source: rule.source }, faults);
      return unboundMethods ? [unboundBinding(method)] : [];
    });
  for (const { source } of rules.values()) faults.push(`${source}: no service that is served has this method`);
  return { bindings, faults };
}

function annotationOf(method: DescMethod): { rule: HttpRule; source: string } | undefined {
  return hasOption(method, http) ? { rule: getOption(method, http), source: sourceOf(method) } : undefined;
}

function sourceOf({ name, parent }: DescMethod): string {
  return `${parent.file.proto.name}: ${parent.typeName}.${name}`;
}

/** The rule and its additional_bindings, in order; what is wrong with them is added to the faults. */
function bindRule({ method, rule, source }: SourcedRule, faults: string[]): HttpBinding[] {
  const nested = rule.additionalBindings.some(({ additionalBindings }) => additionalBindings.length > 0);
  if (nested) faults.push(`${source}: additional_bindings may not hold additional_bindings`);
  return [rule, ...rule.additionalBindings].flatMap((each) => {
    const binding = toBinding(method, each, source);
    const wrong = typeof binding === 'string' ? [binding] : faultsOf(binding);
    faults.push(...wrong.map((what) => `${source}: ${what}`));
    return typeof binding === 'string' || wrong.length > 0 ? [] : [binding];
  });
}

/** How a method without a rule is reached: as gRPC itself maps it to HTTP, with the whole message as body. */
function unboundBinding(method: DescMethod): HttpBinding {
  const template = `/${method.parent.typeName}/${method.name}`;
  return { method, httpMethod: 'POST', template, body: '*', responseBody: '', source: sourceOf(method) };
}

function toBinding(
  method: DescMethod,
  { pattern, body, responseBody: field }: HttpRule,
  source: string,
): HttpBinding | string {
  // grpc-gateway takes "*" here too, for the whole message.
  const responseBody = field === '*' ? '' : field;
  if (pattern.case === undefined) return 'the rule has no get, put, post, delete, patch or custom';
  if (pattern.case !== 'custom') {
    return { method, httpMethod: pattern.case.toUpperCase(), template: pattern.value, body, responseBody, source };
  }
  const { kind, path } = pattern.value;
  return kind === ''
    ? 'the custom pattern has no kind'
    : { method, httpMethod: kind, template: path, body, responseBody, source };
}

function faultsOf({ method, template, body, responseBody }: HttpBinding): string[] {
  const faults = template === '' ? ['the path is empty'] : syntaxFaults(template);
  if (!['', '*'].includes(body) && !isFieldPath(method.input, body)) {
    faults.push(`body "${body}" is not a field of ${method.input.typeName}`);
  }
  if (responseBody !== '' && !isFieldPath(method.output, responseBody)) {
    faults.push(`response_body "${responseBody}" is not a field of ${method.output.typeName}`);
  }
  for (const { path, column } of variablesOf(template)) {
    const what = variableFault(method.input, path);
    if (what !== undefined) faults.push(`path "${template}": ${what}, at column ${column}`);
  }
  return faults;
}

function syntaxFaults(template: string): string[] {
  try {
    parsePathTemplate(template);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof TemplateSyntaxError)) throw thrown;
    return [`path "${template}": ${thrown.message}`];
  }
}

/** http.proto asks for a top-level field; as grpc-gateway does, one inside of singular messages is taken too. */
function isFieldPath(message: DescMessage, path: string): boolean {
  let holder: DescMessage | undefined = message;
  for (const name of path.split('.')) {
    const field: DescField | undefined = holder && fieldOf(holder, name);
    if (field === undefined) return false;
    holder = field.fieldKind === 'message' && !field.delimitedEncoding ? field.message : undefined;
  }
  return true;
}

/** Field paths of the variables of a template, whatever its syntax, with their columns from 1. */
function variablesOf(template: string): { path: string; column: number }[] {
  return [...template.matchAll(/\{([A-Za-z_][\w.]*)(?=[=}])/g)].map(({ 1: path = '', index }) => ({
    path,
    column: index + 2,
  }));
}

function variableFault(input: DescMessage, path: string): string | undefined {
  let message: DescMessage | undefined = input;
  let field: DescField | undefined;
  for (const name of path.split('.')) {
    if (message === undefined) return `variable "${path}": "${field?.name}" holds no fields`;
    field = fieldOf(message, name);
    if (field === undefined) return `variable "${path}": ${message.typeName} has no field "${name}"`;
    message = field.fieldKind === 'message' ? field.message : undefined;
  }
  return field === undefined || isBindable(field) ? undefined : `variable "${path}" cannot be written in a path`;
}

/** Messages that the JSON mapping writes as one string, number or boolean. */
const textMessages =
  /^google\.protobuf\.(?:Timestamp|Duration|FieldMask|(?:Double|Float|U?Int(?:32|64)|Bool|String|Bytes)Value)$/;

function isBindable(field: DescField): boolean {
  switch (field.fieldKind) {
    case 'message':
      return textMessages.test(field.message.typeName);
    case 'list':
      return field.listKind !== 'message';
    default:
      return field.fieldKind !== 'map';
  }
}

function fieldOf(message: DescMessage, name: string): DescField | undefined {
  return message.fields.find((field) => field.name === name);
}
