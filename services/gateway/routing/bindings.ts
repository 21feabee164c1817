import type { DescField, DescMethod } from '@bufbuild/protobuf';
import type { PathTemplate } from '../../../proto/http/path-template';
import { describeRuleFaults, type HttpBinding, readHttpRules } from '../../../proto/http/rules';
import type { Calls } from '../../kit/declaration';

/** The kinds of methods that have routes. */
export type RoutedKind = Exclude<DescMethod['methodKind'], 'bidi_streaming'>;

/** One HTTP route to one method. */
export interface Binding {
  /** An HTTP method, or `*` for every one. */
  verb: string;
  template: PathTemplate;
  /** The request's fields that the path sets, for example `book.name`. */
  pathFields: string[];
  /** The field that the body is, `*` for all that the path does not set, or undefined for no body. */
  body: string | undefined;
  /** The field of the reply that is sent instead of all of it. */
  responseBody: DescField | undefined;
  /** The callee's name in `calls`. */
  callee: string;
  method: DescMethod;
  kind: RoutedKind;
}

/**
 * The routes of everything that a service may call, from the google.api.http options of the contracts. Methods without
 * one have no route. A rule that cannot be routed has none either: {@link describeFaults} says why.
 */
export function bindingsOf(calls: Calls): Binding[] {
  const callees = new Map(entriesOf(calls));
  return readHttpRules(callees.keys()).bindings.map((binding) => bindingOf(callees.get(binding.method) ?? '', binding));
}

/** One line for each rule that cannot be routed. */
export function describeFaults(calls: Calls): string[] {
  return describeRuleFaults(new Map(entriesOf(calls)).keys());
}

function entriesOf(calls: Calls): (readonly [DescMethod, string])[] {
  return Object.entries(calls).flatMap(([callee, { methods }]) =>
    methods.map(({ method }) => [method, callee] as const),
  );
}

function bindingOf(callee: string, { method, verb, template, body, responseBody }: HttpBinding): Binding {
  return {
    verb,
    template,
    pathFields: template.variables.map(({ fieldPath }) => fieldPath),
    body: typeof body === 'object' ? body.name : body,
    responseBody,
    callee,
    method,
    // A rule of a method with streams both ways is a fault.
    kind: method.methodKind as RoutedKind,
  };
}
