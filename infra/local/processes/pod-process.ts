import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPod } from '../plan/plan';
import { succeedsInTime, probeRepeatedly, START_PROBE_MS } from './probe';
import { killGroup } from './process-group';

/** A pod that is restarted whenever it exits. */
export interface PodProcess {
  readonly pod: LocalPod;
  /** The id of the current process, if any. */
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Resolves when it is ready for the first time. */
  readonly firstReady: Promise<void>;
  /** SIGTERM, and SIGKILL after the pod's grace period. */
  stop(): Promise<void>;
  /** SIGKILL at once for it and its children, without a restart. */
  kill(): void;
}

/** Receives the output and events of a pod. */
export interface PodListener {
  /** A line of its output. */
  output(pod: LocalPod, line: string): void;
  /** An event, such as an exit. */
  event(pod: LocalPod, text: string): void;
  /** Its process or its readiness changed. */
  changed(): void;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 10_000;

/** How long to wait for output that a process outside its group keeps open. */
const OUTPUT_GRACE_MS = 1_000;

/** A process that lived this long resets the backoff. */
const STEADY_MS = 30_000;

/** Starts a pod and restarts it whenever it exits, with a growing pause, until it is stopped. */
export function runPod(pod: LocalPod, listener: PodListener): PodProcess {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let ready = false;
  let becameReady: () => void = () => undefined;
  const firstReady = new Promise<void>((resolve) => (becameReady = resolve));
  const setReady = (value: boolean): void => {
    if (ready === value) return;
    ready = value;
    if (value) becameReady();
    listener.changed();
  };

  async function keepRunning(): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      const started = Date.now();
      const outcome = await runOnce();
      if (stopping.signal.aborted) return;
      if (Date.now() - started > STEADY_MS) backoff = FIRST_BACKOFF_MS;
      listener.event(pod, `${outcome}; restarting in ${backoff / 1000} s`);
      await sleep(backoff, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
    }
  }

  /** @returns how it ended */
  async function runOnce(): Promise<string> {
    const watching = new AbortController();
    const ended = startOnce(AbortSignal.any([watching.signal, stopping.signal]));
    listener.changed();
    const outcome = await ended;
    watching.abort();
    child = undefined;
    ready = false;
    listener.changed();
    return outcome;
  }

  async function startOnce(signal: AbortSignal): Promise<string> {
    try {
      child = start(pod, listener);
      // Without a process id the program was not found; the error event follows.
      if (child.pid !== undefined) void watch(pod, child, signal, setReady, listener);
      return await waitForExit(child);
    } catch (error) {
      return `could not be started: ${(error as Error).message}`;
    }
  }

  const finished = keepRunning();
  return {
    pod,
    firstReady,
    get pid() {
      return child?.pid;
    },
    get ready() {
      return ready;
    },
    async stop() {
      stopping.abort();
      if (child) terminate(child, pod);
      await finished;
    },
    kill() {
      stopping.abort();
      killGroup(child?.pid);
    },
  };
}

/** The program of a pod on this machine, and its arguments. */
export function commandOf({ command: [program = '', ...args] }: LocalPod): [string, ...string[]] {
  return [program === 'node' ? process.execPath : program, ...args];
}

function start(pod: LocalPod, listener: PodListener): ChildProcess {
  const [program, ...args] = commandOf(pod);
  const child = spawn(program, args, {
    cwd: pod.folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...pod.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: otherwise Ctrl-C in a terminal would reach it as well.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => listener.output(pod, line));
  return child;
}

/** Waits for the end of a process and its output. @returns how it ended @throws Error if it could not be started */
async function waitForExit(child: ChildProcess): Promise<string> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  // As in a container, its children end with it.
  killGroup(child.pid);
  await Promise.race([closed, sleep(OUTPUT_GRACE_MS, undefined, { ref: false })]);
  return signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
}

/** SIGTERM, and SIGKILL after its grace period. */
function terminate(child: ChildProcess, { graceSeconds }: LocalPod): void {
  // It may have exited already, or never started.
  if (!child.kill('SIGTERM')) return;
  const deadline = setTimeout(() => child.kill('SIGKILL'), graceSeconds * 1000);
  child.once('exit', () => clearTimeout(deadline));
}

/** Runs the startup probe until it succeeds, then readiness and liveness until the process ends. */
async function watch(
  pod: LocalPod,
  child: ChildProcess,
  signal: AbortSignal,
  setReady: (ready: boolean) => void,
  listener: PodListener,
): Promise<void> {
  const { startup, readiness, liveness } = pod.probes;
  const restart = (which: string): void => {
    listener.event(pod, `failed its ${which} probe; stopping it`);
    terminate(child, pod);
  };
  try {
    if (startup && !(await succeedsInTime(startup, signal))) {
      restart('startup');
      return;
    }
    if (readiness) void probeRepeatedly(readiness, signal, setReady, START_PROBE_MS);
    else setReady(true);
    if (liveness) await probeRepeatedly(liveness, signal, (alive) => alive || restart('liveness'));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
