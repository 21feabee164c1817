import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until as untilHolds } from '../../../services/kit/testing/programs/until';
import type { LocalPod } from '../plan/plan';
import { type PodProcess, runPod } from '../processes/pod-process';

/** A running pod, and the records of its listener. */
export interface RunningPod {
  process: PodProcess;
  output: string[];
  events: string[];
  /** Output and events, in order. */
  records: string[];
  /** The process id at each change. */
  pids: (number | undefined)[];
  /** Makes the script's `flag(name)` true, or false again. */
  flag(name: string, value?: boolean): void;
}

/** Starts Node processes from texts of scripts. */
export interface Pods {
  /** Runs a script, in which `flag(name)` returns the value that the test set. */
  run(script: string, pod?: Partial<LocalPod>): RunningPod;
  /** Stops all pods and removes their files. */
  end(): Promise<void>;
}

const PRELUDE = `const { existsSync } = require('node:fs'); const flag = (name) => existsSync('flag-' + name);\n`;

export function createPods(): Pods {
  const root = mkdtempSync(join(tmpdir(), 'weft-pods-'));
  const all: PodProcess[] = [];
  return {
    run(script, overrides = {}) {
      const folder = mkdtempSync(join(root, 'pod-'));
      writeFileSync(join(folder, 'main.cjs'), PRELUDE + script);
      const pod = { ...podAt(folder), ...overrides };
      const [output, events, records]: [string[], string[], string[]] = [[], [], []];
      const pids: (number | undefined)[] = [];
      const process: PodProcess = runPod(pod, {
        output: (_, line) => [output, records].forEach((list) => list.push(line)),
        event: (_, text) => [events, records].forEach((list) => list.push(text)),
        changed: () => setImmediate(() => pids.push(process.pid)),
      });
      all.push(process);
      const flag = (name: string, value = true): void => {
        const file = join(folder, `flag-${name}`);
        if (value) writeFileSync(file, '');
        else rmSync(file);
      };
      return { process, output, events, records, pids, flag };
    },
    async end() {
      for (const each of all) each.kill();
      await Promise.all(all.splice(0).map((each) => each.stop()));
      rmSync(root, { recursive: true });
    },
  };
}

function podAt(folder: string): LocalPod {
  return {
    name: 'script-0',
    command: ['node', './main.cjs'],
    folder,
    env: {},
    files: [],
    graceSeconds: 20,
    probes: {},
  };
}

/** Polls until the condition is truthy. @param progress see `until` of the kit's tests */
export async function until(condition: () => unknown, progress?: () => unknown): Promise<void> {
  await untilHolds(condition.toString(), condition, progress);
}

/** True if no process has this id, except a zombie. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  return existsSync('/proc/self/exe') && !existsSync(`/proc/${pid}/exe`);
}
