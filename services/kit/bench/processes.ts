import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { sayHello } from './bare-contracts';
import { helloRequest } from './handlers';
import type { Preloaded } from './telemetry';

/** What a process costs before it does anything. */
export interface Idle {
  /** From its start to the first reply, in milliseconds. */
  firstReplyMs: number;
  /** Of the process until then, user and system, in milliseconds: hardly depends on what else the machine does. */
  cpuMs: number;
  /** Resident memory in MB, a second after that. */
  residentMb: number;
}

/**
 * Starts a program that serves SayHello on GRPC_PORT, calls it until it answers, and ends it.
 *
 * @param preload what makes it say its CPU time, `report-cpu.ts`
 * @param preloaded what else is loaded before it
 */
export async function measureIdle(program: string, preload: string, preloaded?: Preloaded): Promise<Idle> {
  const port = await freePort();
  const own = { NODE_ENV: 'production', GRPC_PORT: String(port) };
  const environment = { ...process.env, ...preloaded?.environment, ...own };
  const started = performance.now();
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const;
  const child = spawn(process.execPath, ['--require', preload, ...(preloaded?.execArgv ?? []), program], {
    env: environment,
    stdio: [...stdio],
  });
  await firstReply(port);
  const firstReplyMs = performance.now() - started;
  child.send('report');
  const [cpuMs] = (await once(child, 'message')) as [number];
  await sleep(1_000);
  const residentMb = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024;
  child.kill();
  await once(child, 'exit');
  return { firstReplyMs, cpuMs, residentMb };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function firstReply(port: number): Promise<void> {
  const options = { 'grpc.initial_reconnect_backoff_ms': 10, 'grpc.max_reconnect_backoff_ms': 10 };
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  const { path, requestSerialize, responseDeserialize } = sayHello;
  const metadata = new Metadata({ waitForReady: true });
  await new Promise<void>((resolve, reject) =>
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, helloRequest, metadata, (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  client.close();
}
