import { expandReferences } from '../../mesh/variable-references';
import type { ConfigMap, Container, Deployment } from './resources';

/** The sources of values that a manifest refers to. */
export interface Sources {
  configMaps: ConfigMap[];
  /** The value of a variable that comes from a Secret. */
  secret(variable: string): string | undefined;
  /** The Service variables of the pod's namespace; the container's own variables win. */
  services: Readonly<Record<string, string>>;
  /** Variables that this machine sets, whatever the manifest says. */
  here: Readonly<Record<string, string>>;
  /** The name of the pod. */
  pod: string;
}

type EnvEntry = Container['env'][number];

/**
 * Makes a container's environment from Services, ConfigMaps and its own variables, in which `$(NAME)` refers to an
 * earlier variable.
 *
 * @param fault called for every missing value that is not optional
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function makeEnvironment(
  deployment: Deployment,
  container: Container,
  sources: Sources,
  fault: (text: string) => void,
): Record<string, string> {
  const env: Record<string, string> = { ...sources.services };
  const set = (name: string, value: string): void => void (env[name] = sources.here[name] ?? value);
  for (const { prefix, configMapRef, secretRef } of container.envFrom) {
    const data = configMapRef && findConfigMap(configMapRef.name, deployment, sources);
    if (configMapRef && !data && !configMapRef.optional) fault(missingConfigMap(configMapRef.name, deployment));
    if (secretRef && !secretRef.optional)
      fault(`envFrom: Secret ${secretRef.name} cannot be read on this machine; name each variable with a secretKeyRef`);
    for (const [key, value] of Object.entries(data ?? {})) set(prefix + key, value);
  }
  for (const entry of container.env) {
    const { value, missing } = readValue(entry, env, deployment, sources);
    if (value !== undefined) set(entry.name, value);
    else if (missing !== undefined) fault(`env ${entry.name}: ${missing}`);
  }
  return env;
}

/** Replaces the references to variables in a text of a container. */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  return expandReferences(text, (name) => (Object.hasOwn(env, name) ? env[name] : undefined));
}

/** The value of one variable, or why it is missing; neither if it is optional. */
function readValue(
  { name, value = '', valueFrom }: EnvEntry,
  before: Readonly<Record<string, string>>,
  deployment: Deployment,
  sources: Sources,
): { value?: string | undefined; missing?: string } {
  if (!valueFrom) return { value: expandVariables(value, before) };
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (secretKeyRef) {
    const missing = `comes from a Secret; set ${name} in this shell`;
    return { value: sources.secret(name), ...(secretKeyRef.optional ? {} : { missing }) };
  }
  if (configMapKeyRef) {
    const data = findConfigMap(configMapKeyRef.name, deployment, sources);
    const missing = data
      ? `ConfigMap ${configMapKeyRef.name} has no key ${configMapKeyRef.key}`
      : missingConfigMap(configMapKeyRef.name, deployment);
    return { value: data?.[configMapKeyRef.key], ...(configMapKeyRef.optional ? {} : { missing }) };
  }
  const missing = `${JSON.stringify(valueFrom)} is not supported on this machine`;
  return { value: fieldRef && readField(deployment, sources.pod, fieldRef.fieldPath), missing };
}

function findConfigMap(
  name: string,
  deployment: Deployment,
  { configMaps }: Sources,
): Record<string, string> | undefined {
  const { namespace } = deployment.metadata;
  return configMaps.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)?.data;
}

function missingConfigMap(name: string, { metadata }: Deployment): string {
  return `ConfigMap ${name} not found in namespace ${metadata.namespace}`;
}

function readField({ metadata }: Deployment, pod: string, path: string): string | undefined {
  return { 'metadata.namespace': metadata.namespace, 'metadata.name': pod }[path];
}
