import type { HTTPMethods } from 'fastify';
import { type DescMethod, getOption, hasOption } from '@bufbuild/protobuf';
import { http } from '../../proto/gen/google/api/annotations_pb';
import type { HttpRule } from '../../proto/gen/google/api/http_pb';
import { type Calls, pathOf } from '../kit/spec';
import { parsePathTemplate } from './path-template';

/** The kinds of methods that have routes. */
export type RoutedKind = Exclude<DescMethod['methodKind'], 'bidi_streaming'>;

/** One HTTP route to one method. */
export interface Binding {
  verb: HTTPMethods;
  /** As the router has it. */
  url: string;
  /** As people write it: `/v1/users/{user_id}`. */
  path: string;
  /** The request's fields that the path sets. */
  pathFields: string[];
  /** The field that the body is, `*` for all that the path does not set, or none. */
  body: string | undefined;
  /** The callee's name in `calls`. */
  callee: string;
  method: DescMethod;
  kind: RoutedKind;
}

const VERBS = { get: 'GET', put: 'PUT', post: 'POST', delete: 'DELETE', patch: 'PATCH' } as const;

/**
 * The routes of everything that a service may call, from the google.api.http options of the contracts.
 * Methods without one have no route, and neither have those with streams both ways: a browser sends all of a request
 * before it reads the answer.
 *
 * @throws Error that names the method whose rule cannot be routed
 */
export function bindingsOf(calls: Calls): Binding[] {
  return Object.entries(calls).flatMap(([callee, { methods }]) =>
    methods.flatMap(({ method }) => methodBindings(callee, method)),
  );
}

function methodBindings(callee: string, method: DescMethod): Binding[] {
  const kind = method.methodKind;
  if (!hasOption(method, http) || kind === 'bidi_streaming') return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].map((each) => bindingOf(callee, method, kind, each));
}

function bindingOf(callee: string, method: DescMethod, kind: RoutedKind, rule: HttpRule): Binding {
  try {
    const [verb, template] = verbOf(rule);
    if (rule.responseBody) throw new Error('response_body is not supported');
    const { url, fields } = parsePathTemplate(template);
    if (kind === 'client_streaming' && !rule.body) throw new Error('a stream of requests needs a body to come in');
    const path = template.replaceAll('=*}', '}');
    return { verb, url, path, pathFields: fields, body: rule.body || undefined, callee, method, kind };
  } catch (error) {
    throw new Error(`google.api.http of ${pathOf(method)}: ${(error as Error).message}`, { cause: error });
  }
}

function verbOf({ pattern }: HttpRule): [HTTPMethods, string] {
  if (pattern.case !== undefined && pattern.case !== 'custom') return [VERBS[pattern.case], pattern.value];
  throw new Error(`none of ${Object.keys(VERBS).join(', ')} is set`);
}
