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

/** What stands between the names of callee and caller. */
const BETWEEN = edgePolicyOf('', '');

/**
 * Makes a check of names: resources are made with the names of services, and one of its own would be another's.
 *
 * @param services all of them
 * @returns a function that says why a service cannot have a name, a sentence each
 */
export function createNameCheck(services: readonly string[]): (name: string) => string[] {
  const taken = new Map<string, string>([
    [PLATFORM.defaults, 'what a namespace has for all that is in it'],
    [PLATFORM.denyAll, 'what a namespace has to deny what nobody allows'],
    ...services.map((each) => [splitOf(each), `what the split of ${each} is called`] as const),
    ...services.map((each) => [ingressRouteOf(each), `what the way to ${each} from outside is called`] as const),
  ]);
  return (name) => {
    const is = taken.get(name);
    return [
      ...(is === undefined ? [] : [`is ${is}`]),
      ...(edgePolicyOf('', name) === ingressPolicyOf('') ? ['is what policies call the gateway from outside'] : []),
      ...(name.includes(BETWEEN) ? [`has "${BETWEEN}" in it, which policies have between callee and caller`] : []),
    ].map((fault) => `"${name}" ${fault}; give the service another name`);
  };
}
