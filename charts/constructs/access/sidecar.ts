import { Construct } from 'constructs';
import { PLATFORM } from '../../../infra/mesh/names';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { Settings } from '../../environment/settings';
import type { System } from '../../system';
import { addIstio, type IstioSpec } from '../istio';
import { metadataOf, selectorOf } from '../labels';
import { ingressOf } from '../proxy-telemetry/metrics-port';
import { portOf } from '../workload/port';

/**
 * What a service's proxies know of: whom it calls and where its telemetry goes, and nobody else; and, where one
 * Prometheus alone reads their metrics, what they listen for.
 */
export class Sidecar extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'sidecar');
    addIstio(this, 'Sidecar', metadataOf(spec, system), {
      workloadSelector: { labels: selectorOf(spec.name) },
      ...ingressOf(portOf(spec), system.settings),
      ...egressOf(hostsOf(spec, system)),
    });
  }
}

/** As `namespace/host`. @see https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener */
function hostsOf(spec: ServiceSpec, system: System): string[] {
  const { names, settings } = system;
  const callees = system.calleesOf(spec).map(({ callee: { name, external } }) => {
    // The ServiceEntry of what is outside lies in the namespace that its name has.
    return `${names.namespaceOf(name)}/${external?.host ?? names.hostOf(name)}`;
  });
  return [...callees, ...platformHostsOf(spec, settings)];
}

/** The database and the collector; the one of them that has a whole namespace may have the other's with it. */
function platformHostsOf({ store }: ServiceSpec, settings: Settings): string[] {
  const collector = collectorOf(settings);
  if (!store) return [collector];
  const { namespace } = settings.storage.mongodb;
  if (namespace === undefined) return [`${settings.namespace}/${PLATFORM.database}`, collector];
  // Istio takes a host that is named twice for a mistake.
  return [`${namespace}/*`, ...(collector.startsWith(`${namespace}/`) ? [] : [collector])];
}

/**
 * What a proxy lets out: calls to these hosts, and nothing else.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/#OutboundTrafficPolicy
 */
export function egressOf(hosts: string[]): Pick<IstioSpec<'Sidecar'>, 'outboundTrafficPolicy' | 'egress'> {
  return { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts }] };
}

/** The host of {@link collectorHostOf}, as `namespace/host`. Istio itself is not called by way of what a proxy knows. */
export function collectorOf(settings: Settings): string {
  return `${settings.telemetry.collector.namespace}/${collectorHostOf(settings)}`;
}

/** Where traces, metrics and access logs go. */
export function collectorHostOf({ telemetry, clusterDomain }: Settings): string {
  const { namespace, service } = telemetry.collector;
  return `${service}.${namespace}.svc.${clusterDomain}`;
}
