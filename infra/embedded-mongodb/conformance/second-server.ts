import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A server to compare with. */
export interface SecondServer {
  name: string;
  start(): Promise<{ uri: string; stop(): Promise<void> }>;
}

/** `WEFT_MONGOD`, a `mongodb://` URI, else a `mongod` on PATH; nothing where there is neither. */
export function findSecondServer(environment: NodeJS.ProcessEnv): SecondServer | undefined {
  const uri = environment['WEFT_MONGOD'];
  if (uri) return { name: 'WEFT_MONGOD', start: async () => ({ uri, stop: async () => undefined }) };
  const programs = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'mongod'));
  const mongod = programs.find(isExecutable);
  return mongod === undefined ? undefined : { name: mongod, start: () => startMongod(mongod) };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function startMongod(program: string): Promise<{ uri: string; stop(): Promise<void> }> {
  const [folder, port] = [mkdtempSync(join(tmpdir(), 'weft-mongod-')), await freePort()];
  const child = spawn(program, ['--dbpath', folder, '--bind_ip', '127.0.0.1', '--port', String(port), '--quiet'], {
    stdio: 'ignore',
  });
  return { uri: `mongodb://127.0.0.1:${port}`, stop: () => end(child, folder) };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  const ended = once(child, 'exit');
  if (child.kill('SIGTERM')) await ended;
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
