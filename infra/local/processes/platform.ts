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
import { externalTargets } from '../plan/targets';
import { chooseTelemetry, sendsTelemetry } from '../telemetry/telemetry';

/** Options of a platform. */
export interface PlatformOptions {
  /** The folder of manifests. */
  manifests: string;
  /** The folder of the bundles, which is `/app` in an image. */
  appFolder: string;
  /** The folder for state during and between runs. */
  stateFolder: string;
  /** Names of services or Deployments; empty for all. */
  only: string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** Sends traces to a real Jaeger instead of the embedded store. */
  jaeger?: boolean;
  /** Prints one or more lines for a person. */
  print(text: string): void;
  /** The time of the command, by `performance.now()`. */
  startedAt: number;
}

/** A running platform. */
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
  const resources = selectDeployments(readResources(readManifests(options.manifests)), options.only);
  const choosePort = createPortChooser();
  const mongo = needsMongo(resources) ? chooseMongo({ ...options, port: await choosePort() }) : undefined;
  const telemetry =
    options.jaeger || sendsTelemetry(resources)
      ? await chooseTelemetry({ ...options, jaeger: options.jaeger ?? false, choosePort })
      : undefined;
  const plan = await planLocal(resources, {
    appFolder: options.appFolder,
    secretsFolder,
    choosePort,
    secret: (variable) => (variable === 'MONGO_URI' ? mongo?.uri : options.environment[variable]),
    // No delay: on one machine every client sees the new addresses at once.
    env: { DRAIN_DELAY_MS: '0', ...telemetry?.env, ...externalTargets(options.environment) },
  });
  // Telemetry starts last; neither a service nor the board waits for it.
  const needed = [...(mongo && 'pod' in mongo ? [mongo.pod] : []), ...plan.pods];
  const pods = [...needed, ...(telemetry?.pods ?? [])];
  writeSecretFiles(
    secretsFolder,
    pods.flatMap(({ files }) => files),
  );
  const processes: PodProcess[] = [];
  const log = openLogFile(join(options.stateFolder, 'logs'), {
    failed: ({ message }) =>
      options.print(pc.red(`the logs of the services cannot be kept for weft trace --logs: ${message}`)),
  });
  let isStopped = false;
  const cleanUp = (): void => {
    log.close();
    removeRunFile(runFile);
    removeSecretFiles(secretsFolder);
  };
  const listener = createListener(pods, options.print, log.write, () => {
    if (isStopped) return;
    const { addresses } = telemetry ?? {};
    const run = { pid: process.pid, pods: runningPods(processes), services: plan.services };
    writeRunFile(runFile, { ...run, ...(addresses && { telemetry: addresses }) });
  });
  processes.push(...pods.map((pod) => runPod(pod, listener)));
  // The first changes came before the processes were in the list.
  listener.changed();
  void Promise.all(processes.slice(0, needed.length).map((each) => each.firstReady)).then(() => {
    const pids = new Map(processes.map((each) => [each.pod.name, each.pid]));
    const startedInMs = performance.now() - options.startedAt;
    const facts = {
      plan,
      pids,
      database: mongo && describeMongo(mongo),
      telemetry: telemetry?.description,
      startedInMs,
    };
    options.print(`\n${formatBoard(facts)}\n`);
  });
  return {
    plan,
    async stop() {
      await Promise.all(processes.map((each) => each.stop()));
      isStopped = true;
      cleanUp();
    },
    kill() {
      isStopped = true;
      for (const each of processes) each.kill();
      cleanUp();
    },
  };
}

function readManifests(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return new Map(names.sort().map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]));
}

/** Selects by the name of a Deployment, or by the label `app`, which all versions of a service share. */
function selectDeployments(resources: Resources, only: string[]): Resources {
  if (only.length === 0) return resources;
  const namesOf = ({ metadata, spec }: Deployment): string[] => [
    spec.template.metadata.labels['app'] ?? metadata.name,
    metadata.name,
  ];
  const all = resources.deployments.flatMap(namesOf);
  const unknown = only.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `--only ${unknown.join(',')}: no such service or Deployment; write one of ${[...new Set(all)].join(', ')}`,
    );
  const chosen = resources.deployments.filter((each) => namesOf(each).some((name) => only.includes(name)));
  return { ...resources, deployments: chosen };
}

function needsMongo({ deployments }: Resources): boolean {
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

function runningPods(processes: PodProcess[]) {
  return processes.flatMap(({ pod, pid }) =>
    pid === undefined ? [] : [{ name: pod.name, pid, program: commandOf(pod).join(' ') }],
  );
}

function describeMongo(mongo: MongoChoice): string {
  if (mongo.kind === 'given') return 'at MONGO_URI';
  const address = mongo.uri.replace('mongodb://', '');
  return mongo.kind === 'mongod' ? `${address} (mongod)` : `${address} (embedded)`;
}
