import { k8s } from 'cdk8s-plus-28';
import { LIVENESS, type ServiceSpec } from '../../services/kit/spec';
import { portOf } from './port';

/** How the kubelet asks whether a pod has started, is ready, and lives. */
export type Probes = Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>;

/** By gRPC health, or by `/livez` and `/readyz`. @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
export function probesOf(spec: ServiceSpec): Probes {
  const { number, name } = portOf(spec);
  const get = (path: string): k8s.Probe => ({ httpGet: { path, port: k8s.IntOrString.fromString(name) } });
  const live: k8s.Probe = spec.http ? get('/livez') : { grpc: { port: number, service: LIVENESS } };
  const ready: k8s.Probe = spec.http ? get('/readyz') : { grpc: { port: number } };
  return {
    // Two minutes for a pod that waits for its store.
    startupProbe: { ...live, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...ready, periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...live, periodSeconds: 10, failureThreshold: 3 },
  };
}
