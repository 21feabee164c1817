import { k8s } from 'cdk8s-plus-28';
import type { Settings } from '../../environment/settings';

/** The port at which istiod serves certificates and configuration. */
const ISTIOD_PORT = 15_012;

/** The pods of a namespace with these labels, or all of them. */
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

/** Every pod with a proxy has to reach DNS and istiod. */
export function usualEgress({ dns, istio }: Settings): k8s.NetworkPolicyEgressRule[] {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: k8s.IntOrString.fromNumber(dns.port) }));
  return [
    { to: [peer(dns.namespace), ...dns.addresses.map(block)], ports },
    { to: [peer(istio.namespace, { app: 'istiod' })], ports: tcp(ISTIOD_PORT) },
  ];
}
