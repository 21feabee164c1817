import { join } from 'node:path';
import { inTurn, type Results, summary } from './compare';
import { type Idle, measureIdle } from './processes';
import { preloads, startSink } from './telemetry';
import { startWorker, work, type Worker } from './worker';

// What the kit costs beside grpc-js alone, and what that costs beside Node alone: the CPU time of a process, the speed
// of streams, the start and the memory of a service. Figures depend on the machine, ratios hardly.

// Many short rounds: a machine is seldom quiet for long, and the more pairs, the less one of them matters.
const ROUNDS = 41;
const WARM_UP = 6;
const AT_ONCE = 50;

/** The methods that are called, and how often in a round. */
const LOADS = { hello: 1_500, users: 600 } as const;

type Load = keyof typeof LOADS;

const SERVERS = ['kit', 'bare', 'control', 'http2'];
const CLIENTS = ['kit', 'bare', 'control'];

async function startAll(role: string, variants: readonly string[]): Promise<Map<string, Worker>> {
  const workers = new Map<string, Worker>();
  for (const variant of variants) workers.set(variant, await startWorker(role, variant));
  return workers;
}

/** The CPU time of a call in a worker, in microseconds. @param caller whom it calls, or who calls it */
async function cpuOfCall(worker: Worker, caller: Worker, load: Load): Promise<number> {
  const calls = LOADS[load];
  const before = await worker.tell({ do: 'report' });
  await caller.tell({ do: load, calls, atOnce: AT_ONCE });
  return ((await worker.tell({ do: 'report' })).cpu - before.cpu) / calls;
}

async function unaryOnServers(load: Load): Promise<void> {
  const servers = await startAll('server', SERVERS);
  const driver = await startWorker('client', 'bare');
  const results = await inTurn(
    SERVERS,
    ROUNDS,
    async (variant) => {
      const server = servers.get(variant) as Worker;
      await driver.tell({ do: 'connect', port: server.port });
      return cpuOfCall(server, driver, load);
    },
    WARM_UP,
  );
  for (const variant of SERVERS) row(`${load}, server, ${variant}`, summary(results, variant, 'bare'), 'µs CPU');
  stop(driver, ...servers.values());
}

async function unaryOnClients(load: Load): Promise<void> {
  const clients = await startAll('client', CLIENTS);
  const server = await startWorker('server', 'sidecar');
  const results = await inTurn(
    CLIENTS,
    ROUNDS,
    async (variant) => {
      const client = clients.get(variant) as Worker;
      await client.tell({ do: 'connect', port: server.port });
      return cpuOfCall(client, client, load);
    },
    WARM_UP,
  );
  for (const variant of CLIENTS) row(`${load}, client, ${variant}`, summary(results, variant, 'bare'), 'µs CPU');
  stop(server, ...clients.values());
}

const STREAMED = ['kit', 'bare', 'control'];

/** Of small messages. @param size how many go into one reply */
async function streams(items: number, size: number): Promise<void> {
  const servers = await startAll('server', STREAMED);
  const clients = await startAll('client', STREAMED);
  const results = await inTurn(STREAMED, 5, async (variant) => {
    const client = clients.get(variant) as Worker;
    await client.tell({ do: 'connect', port: servers.get(variant)?.port ?? 0 });
    const started = performance.now();
    await client.tell({ do: 'watch', items, size });
    return items / ((performance.now() - started) / 1_000);
  });
  for (const variant of STREAMED)
    row(`server stream, ${size} to a message, ${variant}`, summary(results, variant, 'bare'), 'items/s');
  stop(...clients.values(), ...servers.values());
}

const PROGRAMS: Readonly<Record<string, string>> = {
  kit: '../greeter.cjs',
  'kit, telemetry always': '../greeter.cjs',
  bare: 'bare.cjs',
  control: 'bare.cjs',
};

const STARTS = 15;

async function starts(): Promise<void> {
  const variants = Object.keys(PROGRAMS);
  const preload = join(__dirname, 'report-cpu.cjs');
  const sink = await startSink();
  const traced = preloads(sink.endpoint).always;
  const measured = await inTurn(variants, STARTS, (variant) =>
    measureIdle(join(__dirname, PROGRAMS[variant] ?? ''), preload, variant.includes('telemetry') ? traced : undefined),
  );
  const rows = (what: string, figure: keyof Idle, unit: string): void => {
    const results: Results = new Map([...measured].map(([variant, all]) => [variant, all.map((each) => each[figure])]));
    for (const variant of variants) row(`${what}, ${variant}`, summary(results, variant, 'bare'), unit);
  };
  rows('start to first reply', 'firstReplyMs', 'ms');
  rows('start to first reply', 'cpuMs', 'ms CPU');
  rows('idle memory', 'residentMb', 'MB resident');
  sink.stop();
}

/** What tracing costs a server of the kit, beside the same server without the preload. */
async function telemetryOnServers(): Promise<void> {
  const sink = await startSink();
  const variants = preloads(sink.endpoint);
  const servers = new Map<string, Worker>();
  for (const [name, preloaded] of Object.entries(variants))
    servers.set(name, await startWorker('server', 'kit', preloaded));
  const driver = await startWorker('client', 'untraced');
  const measure = async (name: string): Promise<number> => {
    const server = servers.get(name) as Worker;
    await driver.tell({ do: 'connect', port: server.port });
    return cpuOfCall(server, driver, 'hello');
  };
  const results = await inTurn(Object.keys(variants), ROUNDS, measure, WARM_UP);
  for (const name of Object.keys(variants))
    row(`hello, server, telemetry ${name}`, summary(results, name, 'none'), 'µs CPU');
  stop(driver, ...servers.values());
  sink.stop();
}

function row(what: string, { figure, ratio }: { figure: number; ratio: number }, unit: string): void {
  const shown = figure >= 10_000 ? Math.round(figure).toLocaleString('en') : figure.toFixed(1);
  console.log(`| ${what} | ${shown} ${unit} | ${ratio.toFixed(2)} |`);
}

function stop(...workers: Worker[]): void {
  for (const worker of workers) worker.stop();
}

async function unary(): Promise<void> {
  for (const load of ['hello', 'users'] as const) {
    await unaryOnServers(load);
    await unaryOnClients(load);
  }
}

const FIGURES: Readonly<Record<string, () => Promise<void>>> = {
  unary,
  streams: async () => {
    await streams(100_000, 1);
    await streams(3_000_000, 1_000);
  },
  telemetry: telemetryOnServers,
  start: starts,
};

/** @param names of figures; all of them where none is named */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(FIGURES, name));
  if (unknown.length > 0)
    throw new Error(`unknown figure ${unknown.join(', ')}; choose from ${Object.keys(FIGURES).join(', ')}`);
  console.log('| what | median | ratio to bare grpc-js |\n| --- | --- | --- |');
  for (const name of names.length > 0 ? names : Object.keys(FIGURES)) await FIGURES[name]?.();
}

// A worker is this program again.
const [first = '', second = ''] = process.argv.slice(2);
void (process.send ? work(first, second) : main(process.argv.slice(2)));
