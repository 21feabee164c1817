import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPod } from '../plan/plan';
import { answersInTime, probeOnAndOn, START_PROBE_MS } from './probe';
import { killGroup } from './process-group';

/** A pod that is kept running. */
export interface PodProcess {
  readonly pod: LocalPod;
  /** The process that runs now, where one does. */
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Resolves when it is ready for the first time. */
  readonly firstReady: Promise<void>;
  /** SIGTERM, and SIGKILL after the pod's grace period. */
  stop(): Promise<void>;
  /** SIGKILL at once, for it and everything it started; it is not started again. */
  kill(): void;
}

/** Who hears of a pod. */
export interface PodListener {
  /** A line of its output. */
  output(pod: LocalPod, line: string): void;
  /** Something happened to it. */
  event(pod: LocalPod, text: string): void;
  /** Its process or its readiness is another. */
  changed(): void;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 10_000;

/** How long to wait for output that somebody outside its process group keeps open. */
const LAST_WORDS_MS = 1_000;

/** A process that has lived this long starts the backoff anew. */
const STEADY_MS = 30_000;

/** Starts a pod and starts it again whenever it ends, with a growing pause, until it is stopped. */
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
      const how = await runOnce();
      if (stopping.signal.aborted) return;
      if (Date.now() - started > STEADY_MS) backoff = FIRST_BACKOFF_MS;
      listener.event(pod, `${how}; starting it again in ${backoff / 1000} s`);
      await sleep(backoff, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
    }
  }

  /** @returns how it ended */
  async function runOnce(): Promise<string> {
    const watching = new AbortController();
    const ended = startOnce(AbortSignal.any([watching.signal, stopping.signal]));
    listener.changed();
    const how = await ended;
    watching.abort();
    child = undefined;
    ready = false;
    listener.changed();
    return how;
  }

  async function startOnce(signal: AbortSignal): Promise<string> {
    try {
      child = start(pod, listener);
      // There is no process to watch where the program is not found, which is told a moment later.
      if (child.pid !== undefined) void watch(pod, child, signal, setReady, listener);
      return await exitOf(child);
    } catch (error) {
      return `could not be started: ${(error as Error).message}`;
    }
  }

  const over = keepRunning();
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
      await over;
    },
    kill() {
      stopping.abort();
      killGroup(child?.pid);
    },
  };
}

/** The program that a pod is on this machine, and its arguments. */
export function commandOf({ command: [program = '', ...args] }: LocalPod): [string, ...string[]] {
  return [program === 'node' ? process.execPath : program, ...args];
}

function start(pod: LocalPod, listener: PodListener): ChildProcess {
  const [program, ...args] = commandOf(pod);
  const child = spawn(program, args, {
    cwd: pod.folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...pod.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C in a terminal goes to the whole group, and would reach it twice.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => listener.output(pod, line));
  return child;
}

/** @returns how it ended, after its last words @throws Error when it could not be started */
async function exitOf(child: ChildProcess): Promise<string> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  // As in a container: what the first process started ends with it.
  killGroup(child.pid);
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  return signal === null ? `ended with ${code}` : `was ended by ${signal}`;
}

/** SIGTERM, and SIGKILL after its grace period. */
function terminate(child: ChildProcess, { graceSeconds }: LocalPod): void {
  // It may have ended already, or never begun.
  if (!child.kill('SIGTERM')) return;
  const deadline = setTimeout(() => child.kill('SIGKILL'), graceSeconds * 1000);
  child.once('exit', () => clearTimeout(deadline));
}

/** Startup probe until it answers, then readiness and liveness for as long as the process lives. */
async function watch(
  pod: LocalPod,
  child: ChildProcess,
  signal: AbortSignal,
  setReady: (ready: boolean) => void,
  listener: PodListener,
): Promise<void> {
  const { startup, readiness, liveness } = pod.probes;
  const restart = (which: string): void => {
    listener.event(pod, `does not answer its ${which} probe; ending it`);
    terminate(child, pod);
  };
  try {
    if (startup && !(await answersInTime(startup, signal))) {
      restart('startup');
      return;
    }
    if (readiness) void probeOnAndOn(readiness, signal, setReady, START_PROBE_MS);
    else setReady(true);
    if (liveness) await probeOnAndOn(liveness, signal, (alive) => alive || restart('liveness'));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
