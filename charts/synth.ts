import { App, type Chart } from 'cdk8s';
import { dump } from 'js-yaml';
import type { ServiceSpec } from '../services/kit/spec';
import { PlatformChart } from './platform-chart';
import { ServiceChart } from './service-chart';
import type { Settings } from './settings';

/** The text of a file, by its name. */
export type Manifests = Map<string, string>;

/** How every file of ours begins, by which those that are no longer made are known. */
export const HEADER = '# Made by Weft from ';

/**
 * Makes the manifests of all services: a file for what they share, which sorts first so that the namespace is
 * there before what is in it, and a file a service.
 *
 * Each chart is the only one of its App: cdk8s resolves a whole App again for every chart in it, so that one
 * App for all takes time with the square of their number.
 */
export function synthesize(services: readonly ServiceSpec[], settings: Settings): Manifests {
  const platform = [
    '00-platform.yaml',
    file('charts/platform-chart.ts', new PlatformChart(new App(), settings)),
  ] as const;
  const files = services.map((spec) => {
    const chart = new ServiceChart(new App(), spec, settings);
    return [`${spec.name}.yaml`, file(`services/${spec.name}/service.ts`, chart)] as const;
  });
  return new Map([platform, ...files]);
}

function file(source: string, chart: Chart): string {
  const documents = (chart.toJson() as object[]).map((resource) => dump(resource, { noRefs: true, lineWidth: -1 }));
  return `${HEADER}${source}\n${documents.join('---\n')}`;
}
