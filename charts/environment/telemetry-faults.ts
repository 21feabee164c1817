import type { FieldFault, ServiceSettings } from './service-settings-shape';
import { TELEMETRY_PROGRAMS } from './telemetry-settings';

const OTLP_PORTS = [4317, 4318];

/** Holds what is deployed for telemetry against the rest of settings. */
export function telemetryFaults({ telemetry, ...settings }: ServiceSettings): FieldFault[] {
  if (telemetry.deploy !== true) return [];
  const { collector, prometheus } = telemetry;
  return [
    ...namespaceFaults(collector.namespace, settings),
    ...serviceFaults(collector.service),
    ...portFaults(collector.ports),
    ...(prometheus === undefined
      ? []
      : [['telemetry.prometheus', 'deploy brings a Prometheus of its own; remove one of the two'] as const]),
  ];
}

/** In its namespace nothing may come in that nothing allows, and nothing in plaintext. */
function namespaceFaults(
  namespace: string | undefined,
  { storage, istio }: Omit<ServiceSettings, 'telemetry'>,
): FieldFault[] {
  if (namespace === undefined) return [];
  const owners = new Map([
    [storage.mongodb.namespace, 'the database'],
    [istio.ingress.namespace, 'the gateway from outside'],
    [istio.namespace, 'Istio itself'],
  ]);
  const owner = namespace.startsWith('kube-') ? 'Kubernetes itself' : owners.get(namespace);
  const advice = 'what deploy brings there is closed to all others; give it a namespace of its own';
  return owner === undefined
    ? []
    : [['telemetry.collector.namespace', `${namespace} is the namespace of ${owner}; ${advice}`]];
}

function serviceFaults(service: string | undefined): FieldFault[] {
  const taken = TELEMETRY_PROGRAMS.filter((name) => name !== 'collector').some((name) => name === service);
  return taken
    ? [['telemetry.collector.service', `${service} is what deploy calls another program; call it collector`]]
    : [];
}

/** The ports are those that the collector listens on. */
function portFaults(ports: readonly unknown[]): FieldFault[] {
  const isRight = ports.length === OTLP_PORTS.length && OTLP_PORTS.every((port) => ports.includes(port));
  const field = 'telemetry.collector.ports';
  return isRight
    ? []
    : [[field, `the collector that deploy brings listens on ${OTLP_PORTS.join(' and ')}; write those`]];
}
