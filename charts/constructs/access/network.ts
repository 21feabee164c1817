import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { metricsReaderOf, type TelemetrySettings } from '../../environment/telemetry-settings';
import { metadataOf, selectorOf } from '../labels';
import { ENVOY_METRICS_PORT, METRICS_PORT, PLAIN_METRICS_PORT } from '../proxy-telemetry/metrics-port';
import { block, peer, tcp, usualEgress } from './packets';
import { portOf } from '../workload/port';

/**
 * The call graph at the level of packets, for traffic that bypasses a proxy. Probes need no rule: a node can always
 * reach its own pods.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
 */
export class Network extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'network');
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: metadataOf(spec, system),
      spec: {
        podSelector: { matchLabels: selectorOf(spec.name) },
        policyTypes: ['Ingress', 'Egress'],
        ingress: ingressOf(spec, system),
        egress: egressOf(spec, system),
      },
    });
  }
}

function ingressOf(spec: ServiceSpec, { settings, names, callersOf }: System): k8s.NetworkPolicyIngressRule[] {
  const { istio, telemetry, hosts } = settings;
  const callers = callersOf(spec).map(({ caller }) => peer(names.namespaceOf(caller.name), selectorOf(caller.name)));
  const outside = spec.name in hosts ? [peer(istio.ingress.namespace, istio.ingress.selector)] : [];
  const from = [...callers, ...outside];
  return [...(from.length > 0 ? [{ from, ports: tcp(portOf(spec).number) }] : []), metricsRule(telemetry)];
}

function metricsRule(telemetry: TelemetrySettings): k8s.NetworkPolicyIngressRule {
  const reader = metricsReaderOf(telemetry);
  if (reader) return { from: [peer(reader.namespace, reader.labels)], ports: tcp(METRICS_PORT) };
  return { from: [peer(telemetry.collector.namespace)], ports: tcp(PLAIN_METRICS_PORT, ENVOY_METRICS_PORT) };
}

function egressOf(spec: ServiceSpec, system: System): k8s.NetworkPolicyEgressRule[] {
  const { collector } = system.settings.telemetry;
  return [
    ...calleeRules(spec, system),
    ...storeRules(spec, system),
    ...usualEgress(system.settings),
    { to: [peer(collector.namespace)], ports: tcp(...collector.ports) },
  ];
}

function calleeRules(spec: ServiceSpec, { names, calleesOf }: System): k8s.NetworkPolicyEgressRule[] {
  return calleesOf(spec).map(({ callee }) => {
    const { external, name } = callee;
    if (!external) return { to: [peer(names.namespaceOf(name), selectorOf(name))], ports: tcp(portOf(callee).number) };
    const { addresses, port } = external;
    return { to: addresses.length > 0 ? addresses.map(block) : PUBLIC, ports: tcp(port) };
  });
}

/** All addresses except private networks, which hold the cluster itself and the cloud's metadata service. */
const PUBLIC: k8s.NetworkPolicyPeer[] = [
  {
    ipBlock: {
      cidr: '0.0.0.0/0',
      except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
    },
  },
  { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
];

function storeRules(spec: ServiceSpec, { settings }: System): k8s.NetworkPolicyEgressRule[] {
  const { namespace, cidr, port } = settings.storage.mongodb;
  if (!spec.store) return [];
  const to = [...(namespace === undefined ? [] : [peer(namespace)]), ...(cidr === undefined ? [] : [block(cidr)])];
  return [{ to, ports: tcp(port) }];
}
