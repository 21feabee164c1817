import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, YamlOutputType } from 'cdk8s';
import type { ServiceSpec } from '../services/kit/declaration';
import { type Environment, readEnvironment } from './environment/environment';
import { environment } from './testing/environment';
import { search, users } from './testing/services';
import { PlatformChart } from './platform-chart';
import { ServiceChart } from './service-chart';
import { createSystem } from './system';
import { synthesize } from './synth';
import { writeManifests } from './write';

// The time of synth by the number of services, compared with cdk8s's default of one App for all charts. The variants
// run in turn, so a slow machine affects all of them; figures are medians.

const ROUNDS = 3;
const SMALL = 1_000;

/** A stable version and a canary of every service, and a database outside. */
const SOURCE = environment(
  { storage: { mongodb: { cidr: '10.1.0.0/16' } } },
  'default: { stable: { version: v1, tag: a }, canary: { version: v2, tag: b } }',
);

/** Half of them have a store; the other half call one of those and have an autoscaler. */
function syntheticServices(count: number): ServiceSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `service-${index}`;
    if (index % 2 === 0) return { ...users, name };
    const callee = { ...users.only('getUserInfo'), service: { ...users, name: `service-${index - 1}` } };
    return { ...search, name, calls: { users: callee } };
  });
}

const root = mkdtempSync(join(tmpdir(), 'weft-bench-'));

/** The time to synthesize into a folder with earlier manifests, which `dist/` usually is. */
function seconds(name: string, work: (folder: string) => void): number {
  const started = performance.now();
  work(join(root, name));
  return (performance.now() - started) / 1000;
}

function ours(services: ServiceSpec[], folder: string): void {
  writeManifests(synthesize(services, SOURCE), folder);
}

function byDefault(services: ServiceSpec[], outdir: string): void {
  const app = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART });
  const system = createSystem(services, readEnvironment(SOURCE, services).environment as Environment);
  new PlatformChart(app, system);
  for (const spec of services) new ServiceChart(app, spec, system);
  app.synth();
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const small = syntheticServices(SMALL);
const large = syntheticServices(2 * SMALL);
const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => {
  const one = seconds('one', (folder) => ours(small, folder));
  const two = seconds('two', (folder) => ours(large, folder));
  const cdk8s = seconds('cdk8s', (folder) => byDefault(small, folder));
  process.stderr.write(`round ${round} of ${ROUNDS}: ${one.toFixed(2)}, ${two.toFixed(2)}, ${cdk8s.toFixed(2)} s\n`);
  return { one, two, cdk8s, growth: two / one, faster: cdk8s / one };
}).slice(1); // The first round warms up.

rmSync(root, { recursive: true });

const of = (key: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[key]));
process.stdout.write(
  [
    `${SMALL} services: ${of('one').toFixed(2)} s`,
    `${2 * SMALL} services: ${of('two').toFixed(2)} s`,
    `t(${2 * SMALL})/t(${SMALL}): ${of('growth').toFixed(2)} (at most 2.2)`,
    `cdk8s's default, ${SMALL} services: ${of('cdk8s').toFixed(2)} s, ${of('faster').toFixed(1)} times as long (at least 6)`,
    '',
  ].join('\n'),
);
