import type { FaultText } from '../../services/kit/faults/fault';

/** What names and identities depend on. */
export interface Naming {
  /** The SPIFFE trust domain of the mesh: `meshConfig.trustDomain`. */
  trustDomain: string;
  /** The DNS domain of the cluster. */
  clusterDomain: string;
  /** The namespace of every service that `namespaces` does not name. */
  namespace: string;
  /** Namespaces by service. */
  namespaces: Readonly<Record<string, string>>;
}

/** A ServiceAccount: who somebody is in a mesh. */
export interface Account {
  namespace: string;
  name: string;
}

/** The names that depend on where things are. */
export interface Names {
  namespaceOf(service: string): string;
  /** The fully qualified name of a Service: short ones mean another in another namespace. */
  hostOf(service: string): string;
  /** Who a service's pods are, as AuthorizationPolicies write it. */
  principalOf(service: string): string;
  /** Who any account is, for example that of an ingress gateway. */
  accountPrincipal(account: Account): string;
}

/**
 * The names of one environment.
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source
 */
export function createNames({ trustDomain, clusterDomain, namespace, namespaces }: Naming): Names {
  const namespaceOf = (service: string): string => namespaces[service] ?? namespace;
  const accountPrincipal = (account: Account): string => `${trustDomain}/ns/${account.namespace}/sa/${account.name}`;
  return {
    namespaceOf,
    hostOf: (service) => `${service}.${namespaceOf(service)}.svc.${clusterDomain}`,
    principalOf: (service) => accountPrincipal({ namespace: namespaceOf(service), name: accountOf(service) }),
    accountPrincipal,
  };
}

/** The ServiceAccount of a service. */
export function accountOf(service: string): string {
  return service;
}

/** The Deployment of one version, and what scales and protects it. Versions have no dash, so that no two are alike. */
export function workloadOf(service: string, version: string): string {
  return `${service}-${version}`;
}

/** The subset of a DestinationRule that is one version. */
export function subsetOf(version: string): string {
  return version;
}

/** The VirtualService that holds the state of a split; it is there only while there is one. */
export function splitOf(service: string): string {
  return `${service}-split`;
}

/** What an API server compares with a split, or a split with. */
export const SPLIT_RULES = ['split-keeps-subset', 'split-keeps-pods', 'split-needs-subset'] as const;

export type SplitRule = (typeof SPLIT_RULES)[number];

/**
 * The name of a rule's ValidatingAdmissionPolicy and its binding, which protect the splits of a namespace.
 * Both belong to the whole cluster, hence the namespace in the name.
 */
export function splitPolicyOf(rule: SplitRule, namespace: string): string {
  return `${rule}.${namespace}`;
}

/** The VirtualService by which a service is reached from outside the mesh. */
export function ingressRouteOf(service: string): string {
  return `${service}-ingress`;
}

/** The AuthorizationPolicy that lets a caller call a callee; it lies with the callee. */
export function edgePolicyOf(callee: string, caller: string): string {
  return `${callee}-from-${caller}`;
}

/** The AuthorizationPolicy that lets the ingress gateway call a service. */
export function ingressPolicyOf(service: string): string {
  return `${service}-from-ingress`;
}

/** Names of what every namespace of the platform has once. */
export const PLATFORM = {
  /** Istio takes the PeerAuthentication, Telemetry and Sidecar without a selector for the namespace's own. */
  defaults: 'default',
  denyAll: 'deny-by-default',
  /** Not the name of any edge's policy, since those have "-from-" in them. */
  allowMetrics: 'allow-metrics',
  gateway: 'ingress',
  /** By which proxies know a database outside; its addresses are what counts. */
  database: 'mongodb.external',
} as const;

/** The header that asks for one version all the way through. */
export const LANE_HEADER = 'x-weft-lane';

/** Separates the names of callee and caller. */
const BETWEEN = edgePolicyOf('', '');

/**
 * Creates a check of service names. Names of resources are made from them, so two of those could be the same.
 *
 * @param services the names of all services
 */
export function createNameCheck(services: readonly string[]): (name: string) => FaultText[] {
  const taken = new Map<string, string>([
    [PLATFORM.defaults, 'the resources that hold for a whole namespace'],
    [PLATFORM.denyAll, 'the policy that denies all other calls'],
    ...services.map((each) => [splitOf(each), `the split of ${each}`] as const),
    ...services.map((each) => [ingressRouteOf(each), `the route to ${each} from outside`] as const),
  ]);
  return (name) => {
    const owner = taken.get(name);
    return [
      ...(owner === undefined ? [] : [`is already the name of ${owner}`]),
      ...(edgePolicyOf('', name) === ingressPolicyOf('') ? ['is the name of the ingress gateway in policies'] : []),
      ...(name.includes(BETWEEN) ? [`contains "${BETWEEN}", which separates callee and caller in policies`] : []),
    ].map((fault) => ({ message: `"${name}" ${fault}`, fix: 'give the service another name' }));
  };
}
