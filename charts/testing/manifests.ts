import { loadAll } from 'js-yaml';
import type { ServiceSpec } from '../../services/kit/declaration';
import type { EnvironmentSource } from '../environment/environment';
import { synthesize } from '../synth';
import { environment } from './environment';

/** A resource as parsed from YAML. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: Record<string, unknown>;
  data: Record<string, string>;
}

/** The resources of one synthesized file. @param file for example `greeter` */
export function resourcesOf(
  file: string,
  services: readonly ServiceSpec[],
  source: EnvironmentSource = environment(),
): Resource[] {
  const text = synthesize(services, source).get(`${file}.yaml`);
  if (text === undefined) throw new Error(`${file}.yaml is missing`);
  return loadAll(text) as Resource[];
}

/** The only resource of a kind. @throws Error if there is none or more than one */
export function onlyOf(kind: string, resources: readonly Resource[]): Resource {
  const [found, another] = resources.filter((each) => each.kind === kind);
  if (!found || another) throw new Error(`there is not exactly one ${kind}`);
  return found;
}
