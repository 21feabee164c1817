import type { ServiceSpec } from '../../services/kit/declaration';
import type { FieldFault } from '../../services/kit/faults/fault';
import type { Settings } from './settings';

/** A rule about several settings, or about settings and services. */
interface CrossCheck {
  /** The fields that it depends on. */
  reads: readonly string[];
  check(settings: Settings, services: readonly ServiceSpec[]): FieldFault[];
}

const FOREIGN = ['storage.mongodb.namespace', 'istio.ingress.namespace', 'istio.namespace'];

export const CROSS_CHECKS: readonly CrossCheck[] = [
  { reads: ['hosts'], check: hostFaults },
  {
    reads: ['namespace', 'namespaces', 'telemetry.collector.namespace', ...FOREIGN],
    check: serviceNamespaceFaults,
  },
  { reads: ['telemetry.deploy', 'telemetry.collector.namespace', ...FOREIGN], check: telemetryNamespaceFaults },
];

/** The ingress speaks HTTP, and a host leads to one service. */
function hostFaults({ hosts }: Settings, services: readonly ServiceSpec[]): FieldFault[] {
  const http = services.filter((service) => service.http).map(({ name }) => name);
  const grpc = services.filter(({ name, http: isHttp }) => !isHttp && Object.hasOwn(hosts, name));
  const fields = Object.entries(hosts).flatMap(([name, list]) =>
    list.map((host, index) => ({ name, host, path: `hosts.${name}.${index}` })),
  );
  const first = new Map(fields.toReversed().map((field) => [field.host, field]));
  return [
    ...grpc.map(({ name }) => ({
      path: `hosts.${name}`,
      message: `${name} speaks gRPC, and the ingress speaks HTTP`,
      fix: `move its hosts to ${http.join(', ') || 'a gateway'}`,
    })),
    ...fields
      .filter((field) => first.get(field.host) !== field)
      .map(({ path, host }) => ({
        path,
        message: `${host} already leads to ${first.get(host)?.name}`,
        fix: 'remove one of the two',
      })),
  ];
}

/** Policies for a namespace of services would hold for everything else in it. */
function serviceNamespaceFaults(settings: Settings): FieldFault[] {
  const { namespace, namespaces, telemetry } = settings;
  const owners = foreignNamespaces(settings).set(telemetry.collector.namespace, 'the collector');
  const fields = [
    ['namespace', namespace] as const,
    ...Object.entries(namespaces).map(([service, name]) => [`namespaces.${service}`, name] as const),
  ];
  return fields.flatMap(([path, name]) => takenFault(path, name, owners, 'give services a namespace of their own'));
}

/** `deploy` closes the namespace of the collector to everything else. */
function telemetryNamespaceFaults(settings: Settings): FieldFault[] {
  const { deploy, collector } = settings.telemetry;
  const fix = 'give telemetry a namespace of its own: deploy closes it to everything else';
  return deploy
    ? takenFault('telemetry.collector.namespace', collector.namespace, foreignNamespaces(settings), fix)
    : [];
}

function foreignNamespaces({ storage, istio }: Settings): Map<string | undefined, string> {
  return new Map([
    [storage.mongodb.namespace, 'the database'],
    [istio.ingress.namespace, 'the ingress gateway'],
    [istio.namespace, 'Istio, where a policy holds for the whole mesh'],
  ]);
}

function takenFault(
  path: string,
  name: string,
  owners: ReadonlyMap<string | undefined, string>,
  fix: string,
): FieldFault[] {
  const owner = name.startsWith('kube-') ? 'Kubernetes' : owners.get(name);
  return owner === undefined ? [] : [{ path, message: `${name} is the namespace of ${owner}`, fix }];
}
