import type { FaultText } from '../../services/kit/faults/fault';

/** The settings that names and identities depend on. */
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

/** A ServiceAccount, which is the identity of a workload in the mesh. */
export interface Account {
  namespace: string;
  name: string;
}

/** The names that depend on the environment. */
export interface Names {
  namespaceOf(service: string): string;
  /** The fully qualified name of a Service; a short one depends on the namespace of the caller. */
  hostOf(service: string): string;
  /** The identity of a service's pods, as AuthorizationPolicies write it. */
  principalOf(service: string): string;
  /** The identity of any account, such as an ingress gateway's. */
  accountPrincipal(account: Account): string;
}

/**
 * Makes the names of one environment.
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

/** The Deployment of one version, its autoscaler and its disruption budget. A version has no dash, so names are unique. */
export function workloadOf(service: string, version: string): string {
  return `${service}-${version}`;
}

/** The subset for one version in a DestinationRule. */
export function subsetOf(version: string): string {
  return version;
}

/** The VirtualService that holds a split; it exists only during a split. */
export function splitOf(service: string): string {
  return `${service}-split`;
}

/** The checks between splits, subsets and pods that an API server makes. */
export const SPLIT_RULES = ['split-keeps-subset', 'split-keeps-pods', 'split-needs-subset'] as const;

export type SplitRule = (typeof SPLIT_RULES)[number];

/**
 * The name of a rule's ValidatingAdmissionPolicy and its binding, which protect the splits of a namespace.
 * Both belong to the whole cluster, hence the namespace in the name.
 */
export function splitPolicyOf(rule: SplitRule, namespace: string): string {
  return `${rule}.${namespace}`;
}

/** The VirtualService for calls from outside the mesh. */
export function ingressRouteOf(service: string): string {
  return `${service}-ingress`;
}

/** The AuthorizationPolicy that lets a caller call a callee; it is in the callee's namespace. */
export function edgePolicyOf(callee: string, caller: string): string {
  return `${callee}-from-${caller}`;
}

/** The AuthorizationPolicy that lets the ingress gateway call a service. */
export function ingressPolicyOf(service: string): string {
  return `${service}-from-ingress`;
}

/** Names of the resources that every namespace of the platform has once. */
export const PLATFORM = {
  /** Without a selector, Istio applies a PeerAuthentication, Telemetry and Sidecar to the whole namespace. */
  defaults: 'default',
  denyAll: 'deny-by-default',
  /** Not the name of any edge's policy, since those have "-from-" in them. */
  allowMetrics: 'allow-metrics',
  gateway: 'ingress',
  /** The host of an external database in the mesh; only its addresses matter. */
  database: 'mongodb.external',
} as const;

/** The header that asks for one version in every service of a request. */
export const LANE_HEADER = 'x-weft-lane';

/** The text between the callee's and the caller's name in a policy name. */
const BETWEEN = edgePolicyOf('', '');

/**
 * Creates a check of service names: a service must not have the name of a resource that Weft makes.
 *
 * @param services the names of all services
 */
export function createNameCheck(services: readonly string[]): (name: string) => FaultText[] {
  const taken = new Map<string, string>([
    [PLATFORM.defaults, 'the name of the defaults of a namespace'],
    [PLATFORM.denyAll, 'the name of the policy that denies other calls'],
    ...services.map((each) => [splitOf(each), `the name of the split of ${each}`] as const),
    ...services.map((each) => [ingressRouteOf(each), `the name of the ingress route of ${each}`] as const),
  ]);
  return (name) => {
    const owner = taken.get(name);
    return [
      ...(owner === undefined ? [] : [`is ${owner}`]),
      ...(edgePolicyOf('', name) === ingressPolicyOf('') ? ['is the name of the ingress gateway in policies'] : []),
      ...(name.includes(BETWEEN) ? [`contains "${BETWEEN}", which separates callee and caller in policy names`] : []),
    ].map((fault) => ({ message: `"${name}" ${fault}`, fix: 'give the service another name' }));
  };
}
