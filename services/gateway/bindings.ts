import type { HTTPMethods } from 'fastify';
import type { ContractMethod, HttpRule, MethodKind } from '../../proto/contract';
import type { CalledMethod, Calls } from '../kit/spec';
import { kindOf } from '../kit/spec';
import { parsePathTemplate } from './path-template';

/** The kinds of methods that have routes. */
export type RoutedKind = Exclude<MethodKind, 'bidi'>;

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
  method: CalledMethod;
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
    methods.flatMap((method) => methodBindings(callee, method)),
  );
}

function methodBindings(callee: string, called: CalledMethod): Binding[] {
  const method = called.contract.methods[called.name];
  const rule = method?.options['(google.api.http)'];
  const kind = kindOf(method);
  if (!method || !rule || !kind || kind === 'bidi') return [];
  return [rule, ...[rule.additional_bindings ?? []].flat()].map((each) =>
    bindingOf(callee, called, method, kind, each),
  );
}

function bindingOf(
  callee: string,
  called: CalledMethod,
  method: ContractMethod,
  kind: RoutedKind,
  rule: HttpRule,
): Binding {
  try {
    const [verb, template] = verbOf(rule);
    if (rule.response_body) throw new Error('response_body is not supported');
    const { url, fields } = parsePathTemplate(template);
    if (kind === 'clientStream' && !rule.body) throw new Error('a stream of requests needs a body to come in');
    const path = template.replaceAll('=*}', '}');
    return { verb, url, path, pathFields: fields, body: rule.body || undefined, callee, method: called, kind };
  } catch (error) {
    throw new Error(`google.api.http of ${method.path}: ${(error as Error).message}`, { cause: error });
  }
}

function verbOf(rule: HttpRule): [HTTPMethods, string] {
  for (const [key, verb] of Object.entries(VERBS)) {
    const template = rule[key as keyof typeof VERBS];
    if (template) return [verb, template];
  }
  throw new Error(`none of ${Object.keys(VERBS).join(', ')} is set`);
}
