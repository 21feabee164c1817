import type { k8s } from 'cdk8s-plus-28';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';

/** Kubernetes and Istio keep their own secrets beside it. */
const FOLDER = '/var/run/secrets/weft';

const VOLUME = 'secrets';
const MONGO_URI = 'mongo-uri';

/** Readable by owner and group only; `fsGroup` makes the group the container's. */
const READ_ONLY = 0o440;

/** The connection string as a file, for a service with a store. */
export function secretVolumesOf(spec: ServiceSpec, { settings }: System): k8s.Volume[] {
  if (!spec.store) return [];
  const { name: secretName, key } = settings.secrets.mongoUri;
  const secret = { secretName, items: [{ key, path: MONGO_URI }], defaultMode: READ_ONLY };
  return [{ name: VOLUME, secret }];
}

/**
 * Mounts the whole folder: the kubelet never updates a `subPath`.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
 */
export function secretMountsOf(spec: ServiceSpec): k8s.VolumeMount[] {
  return spec.store ? [{ name: VOLUME, mountPath: FOLDER, readOnly: true }] : [];
}

/** The paths of the files. A variable with the secret itself would keep its value from the start of the pod. */
export function secretVariablesOf(spec: ServiceSpec): k8s.EnvVar[] {
  return spec.store ? [{ name: 'MONGO_URI_FILE', value: `${FOLDER}/${MONGO_URI}` }] : [];
}
