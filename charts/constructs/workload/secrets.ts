import type { k8s } from 'cdk8s-plus-28';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';

/** Beside what Kubernetes and Istio have in `/var/run/secrets`. */
const FOLDER = '/var/run/secrets/weft';

const VOLUME = 'secrets';
const MONGO_URI = 'mongo-uri';

/** Read by the user and, by way of `fsGroup`, the group of the container, and by nobody else; not to be written. */
const READ_ONLY = 0o440;

/** The one key of the Secret with the connection string, as a file; none for a service without a store. */
export function secretVolumesOf(spec: ServiceSpec, { settings }: System): k8s.Volume[] {
  if (!spec.store) return [];
  const { name: secretName, key } = settings.secrets.mongoUri;
  const secret = { secretName, items: [{ key, path: MONGO_URI }], defaultMode: READ_ONLY };
  return [{ name: VOLUME, secret }];
}

/**
 * The folder as a whole and no `subPath` of it, which the kubelet would never bring up to date.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
 */
export function secretMountsOf(spec: ServiceSpec): k8s.VolumeMount[] {
  return spec.store ? [{ name: VOLUME, mountPath: FOLDER, readOnly: true }] : [];
}

/** Where the files are. A variable with the secret itself would stay as it was when the pod started. */
export function secretVariablesOf(spec: ServiceSpec): k8s.EnvVar[] {
  return spec.store ? [{ name: 'MONGO_URI_FILE', value: `${FOLDER}/${MONGO_URI}` }] : [];
}
