import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findOnPath } from './on-path';
import type { LocalPod } from '../plan/plan';

/** The database of a laptop: one that is given, or one to start. */
export type MongoChoice = { kind: 'given'; uri: string } | { kind: 'mongod' | 'embedded'; uri: string; pod: LocalPod };

interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  appFolder: string;
  stateFolder: string;
  port: number;
}

/** `MONGO_URI` where it is set, else a `mongod` on PATH, else the embedded server. */
export function chooseMongo({ environment, appFolder, stateFolder, port }: Surroundings): MongoChoice {
  const given = environment['MONGO_URI'];
  if (given) return { kind: 'given', uri: given };
  const mongod = findOnPath('mongod', environment['PATH'] ?? '');
  const uri = `mongodb://127.0.0.1:${port}`;
  if (!mongod) return { kind: 'embedded', uri, pod: embeddedPod(appFolder, stateFolder, port) };
  const data = join(stateFolder, 'mongod');
  mkdirSync(data, { recursive: true });
  const command = [mongod, '--dbpath', data, '--bind_ip', '127.0.0.1', '--port', String(port), '--quiet'];
  return { kind: 'mongod', uri, pod: mongoPod(command, appFolder, port) };
}

// The path of its data must not depend on the working directory of the process.
function embeddedPod(appFolder: string, stateFolder: string, port: number): LocalPod {
  const pod = mongoPod(['node', './mongodb.cjs'], appFolder, port);
  return { ...pod, env: { ...pod.env, MONGO_DATA: resolve(stateFolder, 'mongodb') } };
}

function mongoPod(command: string[], folder: string, port: number): LocalPod {
  const times = { initialDelaySeconds: 0, periodSeconds: 2, failureThreshold: 15, timeoutSeconds: 1 };
  return {
    name: 'mongodb',
    command,
    folder,
    env: { MONGO_ADDRESS: '127.0.0.1', MONGO_PORT: String(port) },
    files: [],
    graceSeconds: 10,
    probes: { readiness: { port, ...times } },
  };
}
