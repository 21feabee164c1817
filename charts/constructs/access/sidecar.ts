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
 * Limits a service's proxies to its callees and the collector. Where only one Prometheus may read metrics, it also
 * lists the ports of the proxies.
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
    // The ServiceEntry of an external service lies in the namespace of its name.
    return `${names.namespaceOf(name)}/${external?.host ?? names.hostOf(name)}`;
  });
  return [...callees, ...platformHostsOf(spec, settings)];
}

/** The database and the collector. The entry of the database may be a whole namespace, with the collector in it. */
function platformHostsOf({ store }: ServiceSpec, settings: Settings): string[] {
  const collector = collectorOf(settings);
  if (!store) return [collector];
  const { namespace } = settings.storage.mongodb;
  if (namespace === undefined) return [`${settings.namespace}/${PLATFORM.database}`, collector];
  // Istio reports a host that is named twice.
  return [`${namespace}/*`, ...(collector.startsWith(`${namespace}/`) ? [] : [collector])];
}

/**
 * Lets a proxy call these hosts and no others.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/#OutboundTrafficPolicy
 */
export function egressOf(hosts: string[]): Pick<IstioSpec<'Sidecar'>, 'outboundTrafficPolicy' | 'egress'> {
  return { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts }] };
}

/** {@link collectorHostOf} as `namespace/host`. Proxies reach istiod without an entry. */
export function collectorOf(settings: Settings): string {
  return `${settings.telemetry.collector.namespace}/${collectorHostOf(settings)}`;
}

/** The DNS name of the collector, which gets traces, metrics and access logs. */
export function collectorHostOf({ telemetry, clusterDomain }: Settings): string {
  const { namespace, service } = telemetry.collector;
  return `${service}.${namespace}.svc.${clusterDomain}`;
}
