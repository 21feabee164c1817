import { k8s } from 'cdk8s-plus-28';
import { LIVENESS, type ServiceSpec } from '../../../services/kit/declaration';
import { portOf } from './port';

/** The kubelet's probes of a container. */
export type Probes = Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>;

/**
 * By gRPC health, or by `/livez` and `/readyz`; an image that was not made with the kit may have neither, so there the
 * port has to be open, unless its declaration says that it answers gRPC health.
 *
 * Strict mTLS does not stop the kubelet, which has no certificate: the sidecar injector rewrites HTTP, gRPC and TCP
 * probes to ones of its agent's port 15020, which asks the service without going through the proxy.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 * @see https://istio.io/latest/docs/ops/configuration/mesh/app-health-check/
 */
export function probesOf(spec: ServiceSpec): Probes {
  const { live, ready } = questionsOf(spec);
  return {
    // Two minutes for a pod that waits for its store.
    startupProbe: { ...live, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...ready, periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...live, periodSeconds: 10, failureThreshold: 3 },
  };
}

function questionsOf(spec: ServiceSpec): { live: k8s.Probe; ready: k8s.Probe } {
  const { number, name } = portOf(spec);
  const port = k8s.IntOrString.fromString(name);
  if (spec.image !== undefined) {
    const asked = spec.health === 'grpc' ? { grpc: { port: number } } : { tcpSocket: { port } };
    return { live: asked, ready: asked };
  }
  if (spec.http) return { live: { httpGet: { path: '/livez', port } }, ready: { httpGet: { path: '/readyz', port } } };
  return { live: { grpc: { port: number, service: LIVENESS } }, ready: { grpc: { port: number } } };
}
