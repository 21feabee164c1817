import type { HTTPMethods } from 'fastify';
import type { ContractMethod, HttpRule } from '../../proto/contract';
import type { CalledMethod, Calls } from '../kit/spec';
import { kindOf } from '../kit/spec';
import { parsePathTemplate } from './path-template';

/** One HTTP route to one method. */
export interface Binding {
  verb: HTTPMethods;
  url: string;
  /** The request's fields that the path sets. */
  pathFields: string[];
  /** The field that the body is, `*` for all that the path does not set, or none. */
  body: string | undefined;
  /** The callee's name in `calls`. */
  callee: string;
  method: CalledMethod;
  streams: boolean;
}

const VERBS = { get: 'GET', put: 'PUT', post: 'POST', delete: 'DELETE', patch: 'PATCH' } as const;

/**
 * The routes of everything that a service may call, from the google.api.http options of the contracts.
 * Methods without one have no route, and neither have those that take a stream.
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
  if (!method || !rule || method.requestStream) return [];
  return [rule, ...[rule.additional_bindings ?? []].flat()].map((each) => bindingOf(callee, called, method, each));
}

function bindingOf(callee: string, called: CalledMethod, method: ContractMethod, rule: HttpRule): Binding {
  try {
    const [verb, template] = verbOf(rule);
    if (rule.response_body) throw new Error('response_body is not supported');
    const { url, fields } = parsePathTemplate(template);
    const streams = kindOf(method) === 'serverStream';
    return { verb, url, pathFields: fields, body: rule.body || undefined, callee, method: called, streams };
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
