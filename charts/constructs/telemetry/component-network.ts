import type { k8s } from 'cdk8s-plus-28';
import type { Settings } from '../../environment/settings';
import { selectorOf } from '../labels';
import { peer, tcp, usualEgress } from '../access/packets';
import type { Component } from './component';

/** The only packets that a program may receive and send. */
export function packetsOf(component: Component, settings: Settings): k8s.NetworkPolicySpec {
  const { namespace } = settings.telemetry.collector;
  return {
    podSelector: { matchLabels: selectorOf(component.name) },
    policyTypes: ['Ingress', 'Egress'],
    ingress: component.clients.map(({ peers, ports }) => ({ from: peers, ports: tcp(...ports) })),
    egress: [
      ...Object.entries(component.servers).map(([name, ports]) => ({
        to: [peer(namespace, selectorOf(name))],
        ports: tcp(...ports),
      })),
      ...(component.egress ?? []),
      ...usualEgress(settings),
    ],
  };
}
