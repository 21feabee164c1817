import { loadAll } from 'js-yaml';
import type { ServiceSpec } from '../../services/kit/declaration';
import type { EnvironmentSource } from '../environment/environment';
import { synthesize } from '../synth';
import { environment } from './environment';

/** A resource as a reader of YAML sees it; tests say what they expect of its parts. */
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

/** What is synthesized into one file. @param file for example `greeter` */
export function resourcesOf(
  file: string,
  services: readonly ServiceSpec[],
  source: EnvironmentSource = environment(),
): Resource[] {
  const text = synthesize(services, source).get(`${file}.yaml`);
  if (text === undefined) throw new Error(`there is no ${file}.yaml`);
  return loadAll(text) as Resource[];
}

/** The one resource of a kind in a file. @throws Error when there is none, or another as well */
export function onlyOf(kind: string, resources: readonly Resource[]): Resource {
  const [found, another] = resources.filter((each) => each.kind === kind);
  if (!found || another) throw new Error(`there is not exactly one ${kind}`);
  return found;
}
