import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { formatBoard } from '../console/board';
import { openLogFile } from './log-file';
import { createPrefix, formatLine } from '../console/log-line';
import { chooseMongo, type MongoChoice } from '../database/mongo';
import { type LocalPlan, type LocalPod, planLocal } from '../plan/plan';
import { commandOf, type PodListener, type PodProcess, runPod } from './pod-process';
import { createPortChooser } from '../plan/ports';
import { type Deployment, readResources, type Resources } from '../manifests/resources';
import { endLeftovers, removeRunFile, writeRunFile } from './run-file';
import { removeSecretFiles, writeSecretFiles } from '../manifests/secret-files';
import { elsewhere } from '../plan/targets';
import { chooseTelemetry, sendsTelemetry } from '../telemetry/telemetry';

/** What to run, and where. */
export interface PlatformOptions {
  /** The folder of manifests. */
  manifests: string;
  /** The folder that is `/app` in an image: where the bundles are. */
  appFolder: string;
  /** The folder for what is kept while running, and between runs. */
  stateFolder: string;
  /** Names of Deployments; all of them where there are none. */
  only: string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** Whether a real Jaeger is to have the traces, instead of the embedded store. */
  jaeger?: boolean;
  /** Takes what there is to read, a line or more at a time. */
  print(text: string): void;
  /** When the person asked for it, by `performance.now()`. */
  startedAt: number;
}

/** A platform that runs. */
export interface Platform {
  readonly plan: LocalPlan;
  /** Ends every process gracefully. */
  stop(): Promise<void>;
  /** Ends every process at once. */
  kill(): void;
}

/**
 * Runs a folder of manifests as processes on this machine, and prints a board once all of them are ready.
 *
 * @throws Error that says what cannot be run and why
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const runFile = join(options.stateFolder, 'run.json');
  const secretsFolder = resolve(options.stateFolder, 'secrets');
  endLeftovers(runFile);
  const resources = select(readResources(readManifests(options.manifests)), options.only);
  const choosePort = createPortChooser();
  const mongo = wantsMongo(resources) ? chooseMongo({ ...options, port: await choosePort() }) : undefined;
  const telemetry =
    options.jaeger || sendsTelemetry(resources)
      ? await chooseTelemetry({ ...options, jaeger: options.jaeger ?? false, choosePort })
      : undefined;
  const plan = await planLocal(resources, {
    appFolder: options.appFolder,
    secretsFolder,
    choosePort,
    secret: (variable) => (variable === 'MONGO_URI' ? mongo?.uri : options.environment[variable]),
    // Nobody's view of who is there lags behind on one machine.
    env: { DRAIN_DELAY_MS: '0', ...telemetry?.env, ...elsewhere(options.environment) },
  });
  // Telemetry starts last: no service waits for it, and neither does the board.
  const needed = [...(mongo && 'pod' in mongo ? [mongo.pod] : []), ...plan.pods];
  const pods = [...needed, ...(telemetry?.pods ?? [])];
  writeSecretFiles(
    secretsFolder,
    pods.flatMap(({ files }) => files),
  );
  const processes: PodProcess[] = [];
  const log = openLogFile(join(options.stateFolder, 'logs'), {
    failed: ({ message }) => options.print(pc.red(`what the services log is shown, but not kept: ${message}`)),
  });
  let over = false;
  const forget = (): void => {
    log.close();
    removeRunFile(runFile);
    removeSecretFiles(secretsFolder);
  };
  const listener = createListener(pods, options.print, log.write, () => {
    if (over) return;
    const { addresses } = telemetry ?? {};
    const run = { pid: process.pid, pods: running(processes), services: plan.services };
    writeRunFile(runFile, { ...run, ...(addresses && { telemetry: addresses }) });
  });
  processes.push(...pods.map((pod) => runPod(pod, listener)));
  // They have told of their start before they were among the processes.
  listener.changed();
  void Promise.all(processes.slice(0, needed.length).map((each) => each.firstReady)).then(() => {
    const pids = new Map(processes.map((each) => [each.pod.name, each.pid]));
    const startedInMs = performance.now() - options.startedAt;
    const facts = { plan, pids, database: mongo && inWords(mongo), telemetry: telemetry?.words, startedInMs };
    options.print(`\n${formatBoard(facts)}\n`);
  });
  return {
    plan,
    async stop() {
      await Promise.all(processes.map((each) => each.stop()));
      over = true;
      forget();
    },
    kill() {
      over = true;
      for (const each of processes) each.kill();
      forget();
    },
  };
}

function readManifests(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return new Map(names.sort().map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]));
}

/** By the name of a Deployment, or by the `app` that the Deployments of all versions of a service are labelled with. */
function select(resources: Resources, only: string[]): Resources {
  if (only.length === 0) return resources;
  const namesOf = ({ metadata, spec }: Deployment): string[] => [
    spec.template.metadata.labels['app'] ?? metadata.name,
    metadata.name,
  ];
  const all = resources.deployments.flatMap(namesOf);
  const unknown = only.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `--only ${unknown.join(',')}: there is no such service or Deployment; there are ${[...new Set(all)].join(', ')}`,
    );
  const chosen = resources.deployments.filter((each) => namesOf(each).some((name) => only.includes(name)));
  return { ...resources, deployments: chosen };
}

function wantsMongo({ deployments }: Resources): boolean {
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers);
  return containers.some(({ env }) => env.some(({ name }) => /^MONGO_URI(_FILE)?$/.test(name)));
}

function createListener(
  pods: LocalPod[],
  print: (text: string) => void,
  keep: (pod: string, line: string) => void,
  changed: () => void,
): PodListener {
  const prefix = createPrefix(pods.map(({ name }) => name));
  return {
    output({ name }, line) {
      print(`${prefix(name)} ${formatLine(line)}`);
      keep(name, line);
    },
    event: ({ name }, text) => print(`${prefix(name)} ${pc.red(text)}`),
    changed,
  };
}

function running(processes: PodProcess[]) {
  return processes.flatMap(({ pod, pid }) =>
    pid === undefined ? [] : [{ name: pod.name, pid, program: commandOf(pod).join(' ') }],
  );
}

function inWords(mongo: MongoChoice): string {
  if (mongo.kind === 'given') return 'as MONGO_URI says';
  const address = mongo.uri.replace('mongodb://', '');
  return mongo.kind === 'mongod' ? `${address} (mongod)` : `${address} (embedded)`;
}
