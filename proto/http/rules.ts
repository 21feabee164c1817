import { METHODS } from 'node:http';
import {
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMethod,
  getOption,
  hasOption,
} from '@bufbuild/protobuf';
import { placeOf } from '../source-place';
import { bodyFaults, methodFaults, pathFaults, responseBodyFaults } from './rule-fields';
import { parsePathTemplate, type PathTemplate, TemplateError } from './path-template';
import { shapeOf } from './route-table';
import { sourceOf } from './source';

/** One way to call a method over HTTP. */
export interface HttpBinding {
  readonly method: DescMethod;
  /** An HTTP method, or `*` for every one. */
  readonly verb: string;
  readonly template: PathTemplate;
  /** The field that the body is, `*` for everything that the path does not set, undefined for no body. */
  readonly body: DescField | '*' | undefined;
  /** The field of the reply that is sent instead of the whole reply. */
  readonly responseBody: DescField | undefined;
}

/** A rule that cannot be routed, and why. */
export interface RuleFault {
  /** Relative to the folder of the contracts, for example `weft/user/v1/user.proto`. */
  readonly file: string;
  /** From 1; undefined where the descriptors carry no source info. */
  readonly line: number | undefined;
  /** For example `weft.user.v1.UserService.GetUser`. */
  readonly method: string;
  /** For example `get: "/v1/users/{user_id}"`. */
  readonly rule: string;
  readonly fault: string;
}

/** The bindings of methods, and why others have none. */
export interface HttpRules {
  readonly bindings: readonly HttpBinding[];
  readonly faults: readonly RuleFault[];
}

/** google.api.HttpRule as protobuf-es reads it, from generated code or from a FileDescriptorSet. */
interface HttpRule {
  readonly pattern: { readonly case?: string; readonly value?: unknown };
  readonly body: string;
  /** Not there in copies of http.proto from before 2018. */
  readonly responseBody?: string;
  readonly additionalBindings: readonly HttpRule[];
}

/**
 * Reads the google.api.http options of methods. Only bindings without a fault are returned; of two that would take the
 * same requests the first is.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/api/http.proto
 */
export function readHttpRules(methods: Iterable<DescMethod>): HttpRules {
  const read = [...methods].flatMap(readMethod);
  const taken = new Map<string, HttpBinding>();
  for (const each of read) {
    const { binding } = each;
    if (!binding || each.faults.length > 0) continue;
    const other = taken.get(shapeOf(binding));
    if (other) each.faults.push(`this route takes the same requests as ${describeBinding(other)}`);
    else taken.set(shapeOf(binding), binding);
  }
  return {
    bindings: [...taken.values()],
    faults: read.flatMap(({ method, rule, faults }) => faults.map((fault) => ruleFault(method, rule, fault))),
  };
}

/** Every fault of the rules of methods, as one line each: `file:line: method: rule: fault`. */
export function describeRuleFaults(methods: Iterable<DescMethod>): string[] {
  return readHttpRules(methods).faults.map(
    ({ file, line, method, rule, fault }) => `${placeOf(file, line)}: google.api.http of ${method}: ${rule}: ${fault}`,
  );
}

interface ReadRule {
  readonly method: DescMethod;
  readonly rule: HttpRule;
  readonly binding: HttpBinding | undefined;
  readonly faults: string[];
}

function readMethod(method: DescMethod): ReadRule[] {
  const extension = httpExtension(method.parent.file);
  // A file without the import cannot set the option.
  if (!extension || !hasOption(method, extension)) return [];
  const rule: unknown = getOption(method, extension);
  return readRules(method, rule as HttpRule);
}

function readRules(method: DescMethod, rule: HttpRule): ReadRule[] {
  const faults = methodFaults(method);
  if (faults.length > 0) return [{ method, rule, binding: undefined, faults }];
  return [readRule(method, rule), ...rule.additionalBindings.map((each) => readAdditional(method, each))];
}

function readAdditional(method: DescMethod, rule: HttpRule): ReadRule {
  const read = readRule(method, rule);
  if (rule.additionalBindings.length > 0)
    read.faults.push('additional_bindings cannot have additional_bindings; write them beside each other');
  return read;
}

function readRule(method: DescMethod, rule: HttpRule): ReadRule {
  try {
    const { verb, path } = verbAndPath(rule);
    const template = parsePathTemplate(path);
    const body = rule.body === '*' ? '*' : fieldNamed(method.input, rule.body);
    const responseBody = fieldNamed(method.output, rule.responseBody ?? '');
    const binding: HttpBinding = { method, verb, template, body, responseBody };
    const faults = [
      ...pathFaults(method, template),
      ...bodyFaults(method, { verb, template, body: rule.body }),
      ...responseBodyFaults(method, rule.responseBody ?? ''),
    ];
    return { method, rule, binding, faults };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { method, rule, binding: undefined, faults: [error.message] };
  }
}

function fieldNamed({ fields }: DescMethod['input'], name: string): DescField | undefined {
  return fields.find((field) => field.name === name);
}

/** The gateway answers OPTIONS itself, and Node does not pass on CONNECT. */
const OWN_VERBS = new Set(['OPTIONS', 'CONNECT']);

/** @throws TemplateError */
function verbAndPath({ pattern }: HttpRule): { verb: string; path: string } {
  if (pattern.case === undefined) throw new TemplateError('write one of get, put, post, delete, patch or custom');
  if (pattern.case !== 'custom') return { verb: pattern.case.toUpperCase(), path: pattern.value as string };
  const { kind, path } = pattern.value as { kind: string; path: string };
  if (OWN_VERBS.has(kind)) throw new TemplateError(`${kind} is answered by the gateway itself`);
  if (kind !== '*' && !METHODS.includes(kind))
    throw new TemplateError(`the kind "${kind}" is not an HTTP method; write "*" or one of ${METHODS.join(', ')}`);
  return { verb: kind, path };
}

function describeBinding({ method, verb, template }: HttpBinding): string {
  const { file, line } = sourceOf(method);
  return `${verb} ${template.text} of ${method.parent.typeName}.${method.name} (${placeOf(file, line)})`;
}

function ruleFault(method: DescMethod, rule: HttpRule, fault: string): RuleFault {
  return { ...sourceOf(method), method: `${method.parent.typeName}.${method.name}`, rule: describeRule(rule), fault };
}

function describeRule({ pattern }: HttpRule): string {
  if (pattern.case === undefined) return 'a rule without a path';
  if (pattern.case !== 'custom') return `${pattern.case}: ${JSON.stringify(pattern.value)}`;
  const { kind, path } = pattern.value as { kind: string; path: string };
  return `custom: {kind: ${JSON.stringify(kind)} path: ${JSON.stringify(path)}}`;
}

const HTTP = 'google.api.http';
const extensions = new WeakMap<DescFile, DescExtension>();

/** The extension from the file's own imports, which fits its descriptors wherever they come from. */
function httpExtension(file: DescFile, seen = new Set<DescFile>()): DescExtension | undefined {
  if (seen.has(file)) return undefined;
  seen.add(file);
  const known = extensions.get(file) ?? file.extensions.find(({ typeName }) => typeName === HTTP);
  if (known) extensions.set(file, known);
  if (known) return known;
  for (const dependency of file.dependencies) {
    const found = httpExtension(dependency, seen);
    if (found) return found;
  }
  return undefined;
}
