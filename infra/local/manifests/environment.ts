import { expandReferences } from '../../mesh/variable-references';
import type { ConfigMap, Container, Deployment } from './resources';

/** Where the values come from that a manifest only names. */
export interface Sources {
  configMaps: ConfigMap[];
  /** What a variable is set to that takes its value from a Secret. */
  secret(variable: string): string | undefined;
  /** The variables that tell a pod of the Services in its namespace; the container's own come first. */
  services: Readonly<Record<string, string>>;
  /** The values that variables have on this machine, whatever a manifest says. */
  here: Readonly<Record<string, string>>;
  /** The name of the pod. */
  pod: string;
}

type EnvEntry = Container['env'][number];

/**
 * A container's own environment: Services, ConfigMaps, then what it sets itself, in which `$(NAME)` is a variable before it.
 *
 * @param fault is told of every value that is not here and not optional
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function environmentOf(
  deployment: Deployment,
  container: Container,
  sources: Sources,
  fault: (text: string) => void,
): Record<string, string> {
  const env: Record<string, string> = { ...sources.services };
  const set = (name: string, value: string): void => void (env[name] = sources.here[name] ?? value);
  for (const { prefix, configMapRef, secretRef } of container.envFrom) {
    const data = configMapRef && dataOf(configMapRef.name, deployment, sources);
    if (configMapRef && !data && !configMapRef.optional) fault(noConfigMap(configMapRef.name, deployment));
    if (secretRef && !secretRef.optional)
      fault(`envFrom: what Secret ${secretRef.name} has cannot be known here; name each variable with a secretKeyRef`);
    for (const [key, value] of Object.entries(data ?? {})) set(prefix + key, value);
  }
  for (const entry of container.env) {
    const { value, missing } = valueOf(entry, env, deployment, sources);
    if (value !== undefined) set(entry.name, value);
    else if (missing !== undefined) fault(`env ${entry.name}: ${missing}`);
  }
  return env;
}

/** A text of a container, with the variables that it refers to. */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  return expandReferences(text, (name) => (Object.hasOwn(env, name) ? env[name] : undefined));
}

/** The value of one variable, or why it has none; neither when it may be missing. */
function valueOf(
  { name, value = '', valueFrom }: EnvEntry,
  before: Readonly<Record<string, string>>,
  deployment: Deployment,
  sources: Sources,
): { value?: string | undefined; missing?: string } {
  if (!valueFrom) return { value: expandVariables(value, before) };
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (secretKeyRef) {
    const missing = `is a secret; set ${name} in this shell`;
    return { value: sources.secret(name), ...(secretKeyRef.optional ? {} : { missing }) };
  }
  if (configMapKeyRef) {
    const data = dataOf(configMapKeyRef.name, deployment, sources);
    const missing = data
      ? `ConfigMap ${configMapKeyRef.name} has no key ${configMapKeyRef.key}`
      : noConfigMap(configMapKeyRef.name, deployment);
    return { value: data?.[configMapKeyRef.key], ...(configMapKeyRef.optional ? {} : { missing }) };
  }
  const missing = `${JSON.stringify(valueFrom)} is not here`;
  return { value: fieldRef && fieldOf(deployment, sources.pod, fieldRef.fieldPath), missing };
}

function dataOf(name: string, deployment: Deployment, { configMaps }: Sources): Record<string, string> | undefined {
  const { namespace } = deployment.metadata;
  return configMaps.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)?.data;
}

function noConfigMap(name: string, { metadata }: Deployment): string {
  return `there is no ConfigMap ${name} in namespace ${metadata.namespace}`;
}

function fieldOf({ metadata }: Deployment, pod: string, path: string): string | undefined {
  return { 'metadata.namespace': metadata.namespace, 'metadata.name': pod }[path];
}
