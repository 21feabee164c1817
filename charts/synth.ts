import { App, type Chart } from 'cdk8s';
import { writeYaml } from '../infra/mesh/yaml';
import type { ServiceSpec } from '../services/kit/declaration';
import { distinct } from '../services/kit/faults/fault';
import { refuseFaults } from '../services/kit/faults/format-faults';
import { validateDeclarations } from './declarations/validate-declarations';
import { type Environment, type EnvironmentSource, readEnvironment } from './environment/environment';
import { PlatformChart } from './platform-chart';
import { ServiceChart } from './service-chart';
import { createSystem, type System } from './system';
import { TelemetryChart } from './telemetry-chart';

/** The text of a file, by its name. */
export type Manifests = Map<string, string>;

/** Keys that a reader looks for come first, the others by the alphabet. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'hosts', 'match'];

/** How every file of ours begins, by which those that are no longer made are known. */
export const HEADER = '# Made by Weft from ';

/**
 * Makes the manifests of all services for one environment: a file for what they share, which sorts first so that the
 * namespace is there before what is in it, one for what gathers telemetry where that is deployed, a file a service, and one for each service that is called outside.
 *
 * Each chart is the only one of its App: cdk8s resolves a whole App again for every chart in it, so that one
 * App for all takes time with the square of their number.
 *
 * @param folders of `services` that have a declaration, where that is known
 * @throws Error that lists everything wrong with the declarations and the environment, or names a resource that would
 *   replace another
 */
export function synthesize(
  services: readonly ServiceSpec[],
  source: EnvironmentSource,
  folders?: readonly string[],
): Manifests {
  const { environment, faults } = readEnvironment(source, services);
  refuseFaults('no manifests were written:', distinct([...validateDeclarations(services, folders), ...faults]));
  const system = createSystem(services, environment as Environment);
  return filesOf(chartsOf(services, system, source.folder));
}

type NamedChart = readonly [file: string, source: string, chart: Chart];

/** One at a time: none is held when its text is there. */
function* chartsOf(services: readonly ServiceSpec[], system: System, folder: string): Generator<NamedChart> {
  yield ['00-platform.yaml', folder, new PlatformChart(new App(), system)];
  if (system.settings.telemetry.deploy)
    yield ['01-telemetry.yaml', `services and ${folder}`, new TelemetryChart(new App(), services, system)];
  for (const spec of [...services, ...system.externals])
    yield [`${spec.name}.yaml`, sourceOf(spec, system, folder), new ServiceChart(new App(), spec, system)];
}

/** The declarations of callers as well: their rights lie with the callee. */
function sourceOf(spec: ServiceSpec, system: System, folder: string): string {
  const callers = system.callersOf(spec).map(({ caller }) => caller.name);
  const calls = callers.length > 0 ? [`the calls of ${callers.join(', ')}`] : [];
  return `${[`services/${spec.name}/service.ts`, ...calls].join(', ')} and ${folder}`;
}

/** @throws Error where one file would replace another, or one resource another when they are applied */
function filesOf(charts: Iterable<NamedChart>): Manifests {
  const files: Manifests = new Map();
  const fileOf = new Map<string, string>();
  for (const [name, source, chart] of charts) {
    const resources = chart.toJson() as Resource[];
    for (const id of [`the file ${name}`, ...resources.map(idOf)]) {
      refuseTwin(id, name, fileOf.get(id));
      fileOf.set(id, name);
    }
    files.set(
      name,
      `${HEADER}${source}\n${resources.map((resource) => writeYaml(resource, compareKeys)).join('---\n')}`,
    );
  }
  return files;
}

/** What the names of resources have to tell apart. */
interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string };
}

function idOf({ kind, metadata: { name, namespace } }: Resource): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function refuseTwin(id: string, file: string, other: string | undefined): void {
  if (other === undefined) return;
  const where = other === file ? `twice in ${file}` : `in ${other} and in ${file}`;
  throw new Error(`${id} would be ${where}; give a service another name, so that neither replaces the other`);
}

function compareKeys(a: string, b: string): number {
  return rank(a, b) || (a < b ? -1 : 1);
}

function rank(a: string, b: string): number {
  const [first, second] = [FIRST.indexOf(a), FIRST.indexOf(b)];
  return (first === -1 ? FIRST.length : first) - (second === -1 ? FIRST.length : second);
}
