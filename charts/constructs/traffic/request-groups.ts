import { mayOverlap, pathPattern } from '../../../proto/http/path-pattern';
import type { PathTemplate } from '../../../proto/http/path-template';
import { compareRoutes } from '../../../proto/http/route-table';
import { type HttpBinding, readHttpRules } from '../../../proto/http/rules';
import type { Calls } from '../../../services/kit/declaration';
import { durationOf, type HttpMatch, type Retries } from '../istio';
import { isRepeatable, RETRY_UNSENT } from './method-groups';
import type { RouteGroup } from './route-groups';

/**
 * Also repeats requests that reached the application and got no answer, or 503. The proxy in its pod answers 503 where
 * the application has just gone.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
 */
const RETRY_ALL: Retries = { attempts: 2, retryOn: 'connect-failure,refused-stream,reset,503' };

/** These have no effect by definition. @see https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods */
const SAFE_VERBS = ['GET', 'HEAD', 'OPTIONS'];

/** The time that an HTTP service gets beyond the deadline of its call, to report in its own words that it has passed. */
const REPORT_MS = 1_000;

/** Requests at the paths of a template, or at any path; with one of some verbs, or with any. */
interface Requests {
  readonly verbs?: readonly string[];
  readonly template?: PathTemplate;
}

/** Requests that are treated alike, and that no layer behind takes: a request belongs to the last that matches. */
interface Layer {
  readonly name: string;
  readonly retries: Retries;
  readonly requests: Requests[];
}

/**
 * The requests to an HTTP service in groups of one deadline and one kind of retries. It serves the google.api.http rules
 * of the methods that it calls, so their `idempotency_level` says which requests may be sent twice. At other paths HTTP
 * says it: those with {@link SAFE_VERBS}.
 *
 * More specific rules are in groups before less specific ones that match the same request, as the gateway prefers them.
 */
export function requestGroupsOf(calls: Calls): RouteGroup[] {
  const layers: Layer[] = [
    { ...treatmentOf(false, undefined), requests: [{}] },
    { ...treatmentOf(true, undefined), requests: [{ verbs: SAFE_VERBS }] },
  ];
  const called = new Map(Object.values(calls).flatMap(({ methods }) => methods.map((each) => [each.method, each])));
  const { bindings } = readHttpRules(called.keys());
  for (const binding of bindings.toSorted((a, b) => compareRoutes(b, a) || (a.verb < b.verb ? -1 : 1)))
    addToLayers(layers, binding, called.get(binding.method)?.timeoutMs);
  return layers.map(groupOf).reverse();
}

function addToLayers(layers: Layer[], { method, verb, template }: HttpBinding, timeoutMs: number | undefined): void {
  const requests = { template, ...(verb !== '*' && { verbs: verb === 'GET' ? ['GET', 'HEAD'] : [verb] }) };
  const treatment = treatmentOf(isRepeatable(method), timeoutMs);
  const others = layers.map(({ name, requests: taken }) => name !== treatment.name && isAny(taken, requests, overlap));
  const found = layers.find(({ name }, index) => index > others.lastIndexOf(true) && name === treatment.name);
  if (!found) layers.push({ ...treatment, requests: [requests] });
  else if (!isAny(found.requests, requests, covers)) found.requests.push(requests);
}

function treatmentOf(canRepeat: boolean, timeoutMs: number | undefined): Omit<Layer, 'requests'> {
  const kind = canRepeat ? 'idempotent' : 'once';
  const retries = canRepeat ? RETRY_ALL : RETRY_UNSENT;
  if (timeoutMs === undefined) return { name: kind, retries };
  // Until the first byte of the answer: a timeout of the route would also cut what a client reads slowly.
  const perTryTimeout = durationOf(timeoutMs + REPORT_MS);
  return { name: `${kind}-${perTryTimeout}`, retries: { ...retries, perTryTimeout } };
}

function isAny(all: readonly Requests[], one: Requests, holds: (a: Requests, b: Requests) => boolean): boolean {
  return all.some((each) => holds(each, one));
}

function overlap(a: Requests, b: Requests): boolean {
  const haveVerb = !a.verbs || !b.verbs || a.verbs.some((verb) => b.verbs?.includes(verb));
  return haveVerb && (!a.template || !b.template || mayOverlap(a.template, b.template));
}

function covers(a: Requests, b: Requests): boolean {
  return !a.template && (!a.verbs || (b.verbs ?? ['*']).every((verb) => a.verbs?.includes(verb)));
}

/** Names are unique in a VirtualService: of layers with one name all but the last have a number. */
function groupOf({ name, retries, requests }: Layer, index: number, layers: readonly Layer[]): RouteGroup {
  const before = layers.slice(0, index).filter((layer) => layer.name === name).length;
  const isRest = requests.some(({ verbs, template }) => !verbs && !template);
  const matches = isRest ? [] : requests.map(matchOf).sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  return { name: before === 0 ? name : `${name}-${before + 1}`, retries, matches };
}

function matchOf({ verbs, template }: Requests): HttpMatch {
  const [verb, ...others] = verbs ?? [];
  return {
    ...(verb !== undefined && { method: others.length > 0 ? { regex: [verb, ...others].join('|') } : { exact: verb } }),
    ...(template && { uri: pathPattern(template) }),
  };
}

function textOf({ uri, method }: HttpMatch): string {
  return JSON.stringify([uri, method]);
}
