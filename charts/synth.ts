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

/** Keys that come first in a file; the others are sorted. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'hosts', 'match'];

/** The first line of every file that Weft makes: `writeManifests` recognizes them by it. */
export const HEADER = '# Made by Weft from ';

/**
 * Makes the manifests of all services for one environment: a file a service, also for those outside; a platform file,
 * which sorts first because it has the namespaces; and a telemetry file, if telemetry is deployed.
 *
 * Each chart has an App of its own. cdk8s resolves the whole App again for every chart in it, so one App for all would
 * take quadratic time.
 *
 * @param folders of `services` that have a declaration, if known
 * @throws Error with all faults of the declarations and the environment, or with a resource that would replace another
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

/** One chart at a time, so that their memory is freed. */
function* chartsOf(services: readonly ServiceSpec[], system: System, folder: string): Generator<NamedChart> {
  yield ['00-platform.yaml', folder, new PlatformChart(new App(), system)];
  if (system.settings.telemetry.deploy)
    yield ['01-telemetry.yaml', `services and ${folder}`, new TelemetryChart(new App(), services, system)];
  for (const spec of [...services, ...system.externals])
    yield [`${spec.name}.yaml`, sourceOf(spec, system, folder), new ServiceChart(new App(), spec, system)];
}

/** The declarations of callers are sources too: their rights are in the callee's file. */
function sourceOf(spec: ServiceSpec, system: System, folder: string): string {
  const callers = system.callersOf(spec).map(({ caller }) => caller.name);
  const calls = callers.length > 0 ? [`the calls of ${callers.join(', ')}`] : [];
  return `${[`services/${spec.name}/service.ts`, ...calls].join(', ')} and ${folder}`;
}

/** @throws Error for two files of one name, and for two resources that would replace each other when applied */
function filesOf(charts: Iterable<NamedChart>): Manifests {
  const files: Manifests = new Map();
  const fileOf = new Map<string, string>();
  for (const [name, source, chart] of charts) {
    const resources = chart.toJson() as Resource[];
    for (const id of [`the file ${name}`, ...resources.map(idOf)]) {
      refuseDuplicate(id, name, fileOf.get(id));
      fileOf.set(id, name);
    }
    files.set(
      name,
      `${HEADER}${source}\n${resources.map((resource) => writeYaml(resource, compareKeys)).join('---\n')}`,
    );
  }
  return files;
}

/** The fields that identify a resource. */
interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string };
}

function idOf({ kind, metadata: { name, namespace } }: Resource): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function refuseDuplicate(id: string, file: string, other: string | undefined): void {
  if (other === undefined) return;
  const where = other === file ? `twice in ${file}` : `in ${other} and in ${file}`;
  throw new Error(`${id} would be ${where}; give one of the services another name`);
}

function compareKeys(a: string, b: string): number {
  return rank(a, b) || (a < b ? -1 : 1);
}

function rank(a: string, b: string): number {
  const [first, second] = [FIRST.indexOf(a), FIRST.indexOf(b)];
  return (first === -1 ? FIRST.length : first) - (second === -1 ? FIRST.length : second);
}
