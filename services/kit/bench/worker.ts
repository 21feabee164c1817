import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { CLIENTS, type BenchClient } from './clients';
import { SERVERS } from './servers';
import type { Preloaded } from './telemetry';

/** What a worker is told to do, one thing at a time. */
export type Order =
  | { do: 'report' }
  | { do: 'connect'; port: number }
  | { do: 'hello' | 'users'; calls: number; atOnce: number }
  | { do: 'watch'; items: number; size: number };

/** What it says when that is done. */
export interface Report {
  /** Of the process so far, user and system, in microseconds. */
  cpu: number;
  /** Where a server listens. */
  port: number;
}

/** A process of its own that serves or calls. */
export interface Worker {
  port: number;
  tell(order: Order): Promise<Report>;
  stop(): void;
}

/**
 * @param role `server` or `client`
 * @param variant of it, as {@link SERVERS} and {@link CLIENTS} name them
 * @param preloaded what is loaded before it
 */
export async function startWorker(role: string, variant: string, preloaded?: Preloaded): Promise<Worker> {
  const child = fork(process.argv[1] ?? '', [role, variant], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: preloaded?.execArgv ?? [],
    env: { ...process.env, ...preloaded?.environment },
  });
  const { port } = await reportOf(child);
  const tell = (order: Order): Promise<Report> => {
    const report = reportOf(child);
    child.send(order);
    return report;
  };
  return { port, tell, stop: () => child.disconnect() };
}

async function reportOf(child: ChildProcess): Promise<Report> {
  const [report] = (await once(child, 'message')) as [Report];
  return report;
}

/** What the process does that {@link startWorker} starts. */
export async function work(role: string, variant: string): Promise<void> {
  process.once('disconnect', () => process.exit());
  const port = role === 'server' ? await (SERVERS[variant]?.() ?? 0) : 0;
  let client: BenchClient | undefined;
  process.on('message', (order: Order) => {
    if (order.do === 'connect') client = CLIENTS[variant]?.(order.port);
    void Promise.resolve(client && obey(client, order)).then(report);
  });
  const report = (): void => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system, port });
  };
  report();
}

async function obey(client: BenchClient, order: Order): Promise<void> {
  if (order.do === 'hello' || order.do === 'users') await callMany(client[order.do], order);
  if (order.do === 'watch') {
    const count = await client.watch(order.items, order.size);
    if (count !== order.items) throw new Error(`${count} of ${order.items} items came`);
  }
}

async function callMany(call: () => Promise<unknown>, { calls, atOnce }: { calls: number; atOnce: number }) {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
}
