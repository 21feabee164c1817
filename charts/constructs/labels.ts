import type { ServiceSpec } from '../../services/kit/declaration';
import { workloadOf } from '../../infra/mesh/names';
import type { System } from '../system';

/** How every resource of a service begins. */
export interface ResourceMetadata {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

/** What every resource carries, so that `kubectl apply --prune` knows which are Weft's. A split has it not: it is state. */
export const PART_OF_WEFT = { 'app.kubernetes.io/part-of': 'weft' };

/** What selects a service's pods, of all versions. */
export function selectorOf(service: string): { app: string } {
  return { app: service };
}

/** What selects the pods of one version. Istio takes both labels for the name and version in telemetry. */
export function versionSelectorOf(service: string, version: string): { app: string; version: string } {
  return { ...selectorOf(service), version };
}

/** What every resource of a service carries. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labelsOf(service: string): Record<string, string> {
  return { ...selectorOf(service), 'app.kubernetes.io/name': service, ...PART_OF_WEFT };
}

/** {@link labelsOf}, of what belongs to one version. */
export function versionLabelsOf(service: string, version: string): Record<string, string> {
  return { ...labelsOf(service), version };
}

/** {@link metadataOf}, of what belongs to one version, which is called like its Deployment. */
export function versionMetadataOf(spec: ServiceSpec, version: string, system: System): ResourceMetadata {
  return { ...metadataOf(spec, system, workloadOf(spec.name, version)), labels: versionLabelsOf(spec.name, version) };
}

/** What a resource of a service is called, and where it lies. @param name where it is not the service's own */
export function metadataOf({ name: service }: ServiceSpec, { names }: System, name = service): ResourceMetadata {
  return { name, namespace: names.namespaceOf(service), labels: labelsOf(service) };
}
