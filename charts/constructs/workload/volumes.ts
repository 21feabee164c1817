import { k8s } from 'cdk8s-plus-28';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { secretMountsOf, secretVolumesOf } from './secrets';

/** A folder for temporary files of foreign images; the rest of their file system is read-only. */
const TMP = { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } };

/** The volumes of a service's pods. */
export function volumesOf(spec: ServiceSpec, system: System): Pick<k8s.PodSpec, 'volumes'> {
  const volumes = [...secretVolumesOf(spec, system), ...(spec.image === undefined ? [] : [TMP])];
  return volumes.length > 0 ? { volumes } : {};
}

/** The mounts of {@link volumesOf}. */
export function mountsOf(spec: ServiceSpec): Pick<k8s.Container, 'volumeMounts'> {
  const tmp = { name: TMP.name, mountPath: '/tmp' };
  const volumeMounts = [...secretMountsOf(spec), ...(spec.image === undefined ? [] : [tmp])];
  return volumeMounts.length > 0 ? { volumeMounts } : {};
}
