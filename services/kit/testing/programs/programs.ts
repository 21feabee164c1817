import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '../../../..');

/** Programs that tests run as processes of their own. */
export interface Programs {
  /** @param name of the file, without its ending @param flags of Node */
  start(name: string, environment?: Readonly<Record<string, string>>, flags?: readonly string[]): Program;
  /** Where a program is. */
  path(name: string): string;
  /** Ends what still runs. */
  killAll(): void;
  remove(): void;
}

/** A program that runs. */
export interface Program {
  readonly child: ChildProcess;
  /** Once it says that it listens; rejects with what it printed when it ends before. */
  readonly port: Promise<number>;
  readonly exit: Promise<number | null>;
  /** Everything it has printed. */
  output(): string;
  /** Puts a question to `answerQuestions`. */
  ask<T>(question: string): Promise<T>;
}

/** Bundles programs as the services are. @param files from the root of the project */
export async function buildPrograms(...files: string[]): Promise<Programs> {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  // Inside the project, where its packages are found.
  const folder = mkdtempSync(join(ROOT, 'build/.programs-'));
  await build({
    entryPoints: Object.fromEntries(files.map((file) => [nameOf(file), join(ROOT, file)])),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const running = new Set<ChildProcess>();
  const path = (name: string): string => join(folder, `${name}.cjs`);
  return {
    start: (name, environment = {}, flags = []) => {
      const child = spawn(process.execPath, [...flags, path(name)], {
        env: { PATH: process.env['PATH'], ...environment },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      running.add(child);
      child.once('close', () => running.delete(child));
      return follow(child);
    },
    path,
    killAll: () => running.forEach((child) => child.kill('SIGKILL')),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** `echo-server` for programs/echo-server.ts, `embedded-mongodb` for embedded-mongodb/main.ts. */
function nameOf(file: string): string {
  const name = basename(file, '.ts');
  return name === 'main' ? basename(dirname(file)) : name;
}

function follow(child: ChildProcess): Program {
  let output = '';
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const port = new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, serving, listening] = /"port":(\d+),"msg":"serving"|listening on [\d.]+:(\d+)/.exec(output) ?? [];
      if (serving ?? listening) resolve(Number(serving ?? listening));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void exit.then((code) => reject(new Error(`it ended with ${code} and said: ${output.slice(-2_000)}`)));
  });
  // Whoever wants the port sees it; others may want it to fail.
  port.catch(() => undefined);
  return { child, port, exit, output: () => output, ask: createAsk(child, exit) };
}

function createAsk(child: ChildProcess, exit: Promise<unknown>): Program['ask'] {
  let last = 0;
  return <T>(question: string) => {
    const id = (last += 1);
    return new Promise<T>((resolve, reject) => {
      void exit.then(() => reject(new Error(`it ended without an answer to: ${question}`)));
      const read = (reply: { id: number; answer: T }): void => {
        if (reply.id !== id) return;
        child.off('message', read);
        resolve(reply.answer);
      };
      child.on('message', read);
      child.send({ id, question });
    });
  };
}

/** A port of loopback that nobody has, for who must have the same one twice. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
