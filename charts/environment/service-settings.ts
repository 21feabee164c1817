import { isHost, type ServiceSpec } from '../../services/kit/declaration';
import type { FieldFault, ServiceSettings } from './service-settings-shape';
import { telemetryFaults } from './telemetry-faults';

/** Holds settings against the services there are. */
export function serviceSettingsFaults(settings: ServiceSettings, services: readonly ServiceSpec[]): FieldFault[] {
  return [
    ...unknownFaults(settings, services),
    ...hostFaults(settings, services),
    ...namespaceFaults(settings),
    ...telemetryFaults(settings),
  ];
}

function unknownFaults(
  { namespaces, replicas, resources, hosts }: ServiceSettings,
  services: readonly ServiceSpec[],
): FieldFault[] {
  const names = new Set(services.map(({ name }) => name));
  return Object.entries({ namespaces, replicas, resources, hosts }).flatMap(([field, byService]) =>
    Object.keys(byService)
      .filter((name) => !names.has(name))
      .map((name): FieldFault => [`${field}.${name}`, `there is no such service; there are ${listOf(services)}`]),
  );
}

/** Hosts are of services that speak HTTP, which the ingress does, and each is that of one. */
function hostFaults({ hosts }: ServiceSettings, services: readonly ServiceSpec[]): FieldFault[] {
  const http = listOf(services.filter((service) => service.http)) || 'a gateway';
  const closed = services.filter(({ name, http: isHttp }) => !isHttp && Object.hasOwn(hosts, name));
  const fields = Object.entries(hosts).flatMap(([name, list]) =>
    list.map((host, index) => ({ name, field: `hosts.${name}.${index}`, host: host ?? '' })),
  );
  const first = new Map(fields.toReversed().map((each) => [each.host, each]));
  return [
    ...closed.map(({ name }): FieldFault => [
      `hosts.${name}`,
      `speaks gRPC, which the ingress does not; move its hosts to ${http}`,
    ]),
    ...fields
      .filter(({ host }) => !isHost(host))
      .map(({ field }): FieldFault => [field, 'must be a name in DNS, for example api.example.com']),
    ...fields
      .filter((each) => first.get(each.host) !== each)
      .map(({ field, host }): FieldFault => [
        field,
        `leads to ${first.get(host)?.name} already; remove it here or there`,
      ]),
  ];
}

/** What holds for a namespace of services holds for all that is in it, and in Istio's own for the whole mesh. */
function namespaceFaults({ namespace, namespaces, storage, telemetry, istio }: ServiceSettings): FieldFault[] {
  const owners = new Map([
    [storage.mongodb.namespace, 'that of the database'],
    [telemetry.collector.namespace, 'that of the collector'],
    [istio.ingress.namespace, 'that of the gateway from outside'],
    [istio.namespace, "Istio's own, in which a policy holds for the whole mesh"],
  ]);
  return Object.entries({ namespace, ...prefixed('namespaces', namespaces) }).flatMap(([field, name = '']) => {
    const owner = name.startsWith('kube-') ? 'for Kubernetes itself' : owners.get(name);
    return owner === undefined ? [] : [[field, `${name} is ${owner}; give services a namespace of their own`] as const];
  });
}

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix}.${key}`, value]));
}

function listOf(services: readonly ServiceSpec[]): string {
  return services.map(({ name }) => name).join(', ');
}
