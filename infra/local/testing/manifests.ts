import { type LocalPlan, type Machine, planLocal } from '../plan/plan';
import { readResources, type Resources } from '../manifests/resources';

/** Reads manifests with all defaults, as from a folder. JSON is YAML. */
export function resourcesOf(...manifests: object[]): Resources {
  return readResources(new Map([['m.yaml', manifests.map((each) => JSON.stringify(each)).join('\n---\n')]]));
}

/** A Deployment of one container that runs `node ./<name>.cjs`. @param spec of the Deployment, its pod, its container */
export function deployment(
  name: string,
  container: object = {},
  spec: { replicas?: number; namespace?: string; labels?: object; pod?: object } = {},
): object {
  const { replicas = 1, namespace = 'weft', labels = { app: name }, pod = {} } = spec;
  const containers = [{ name, command: ['node', `./${name}.cjs`], ...container }];
  const template = { metadata: { labels }, spec: { containers, ...pod } };
  return { kind: 'Deployment', metadata: { name, namespace }, spec: { replicas, template } };
}

export function service(name: string, ports: object[], selector: object = { app: name }, namespace = 'weft'): object {
  return { kind: 'Service', metadata: { name, namespace }, spec: { selector, ports } };
}

export function configMap(name: string, data: Record<string, string>, namespace = 'weft'): object {
  return { kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** Plans for a machine that gives out the wanted port, or ports from 40001 on. */
export function plan(manifests: object[], machine: Partial<Machine> = {}): Promise<LocalPlan> {
  let last = 40_000;
  return planLocal(resourcesOf(...manifests), {
    appFolder: '/app',
    secretsFolder: '/secrets',
    choosePort: async (wanted) => wanted ?? (last += 1),
    secret: () => undefined,
    env: {},
    ...machine,
  });
}
