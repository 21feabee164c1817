import { k8s } from 'cdk8s-plus-28';
import type { Settings } from '../../environment/settings';

/** Where istiod hands out certificates and configuration. */
const ISTIOD_PORT = 15_012;

/** Pods of a namespace; all of them without labels. */
export function peer(namespace: string, matchLabels?: Record<string, string>): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    ...(matchLabels && { podSelector: { matchLabels } }),
  };
}

export function block(cidr: string): k8s.NetworkPolicyPeer {
  return { ipBlock: { cidr } };
}

export function tcp(...ports: number[]): k8s.NetworkPolicyPort[] {
  return ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));
}

/** What every pod with a proxy needs to reach: names, and istiod. */
export function usualEgress({ dns, istio }: Settings): k8s.NetworkPolicyEgressRule[] {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: k8s.IntOrString.fromNumber(dns.port) }));
  return [
    { to: [peer(dns.namespace), ...dns.addresses.map(block)], ports },
    { to: [peer(istio.namespace, { app: 'istiod' })], ports: tcp(ISTIOD_PORT) },
  ];
}
