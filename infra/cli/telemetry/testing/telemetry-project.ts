import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunFile, writeRunFile } from '../../../local/processes/run-file';
import { findProject, type Project } from '../../build/project';

/** A folder that is a project. */
export interface TelemetryProject {
  project: Project;
  /** Makes it look as if a platform ran there: this process. */
  pretendToRun(telemetry?: RunFile['telemetry']): void;
  /** What pods logged there. */
  writeLogs(lines: { pod: string; line: unknown }[]): void;
  remove(): void;
}

export function telemetryProject(): TelemetryProject {
  const root = mkdtempSync(join(tmpdir(), 'weft-telemetry-'));
  writeFileSync(join(root, 'package.json'), '{ "weft": {} }');
  mkdirSync(join(root, 'services'));
  const project = findProject(root);
  return {
    project,
    pretendToRun(telemetry) {
      writeRunFile(project.runFile, { pid: process.pid, pods: [], services: [], ...(telemetry && { telemetry }) });
    },
    writeLogs(lines) {
      mkdirSync(project.logs, { recursive: true });
      writeFileSync(join(project.logs, 'current.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What a command wrote. */
export interface Written {
  out: string;
  error: string;
}

/** Runs something and keeps what it writes. @throws what that throws */
export async function written(run: () => Promise<void>): Promise<Written> {
  const all: Written = { out: '', error: '' };
  const into = (which: keyof Written) => (text: string | Uint8Array) => {
    all[which] += String(text);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(into('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(into('error')),
  ];
  try {
    await run();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return all;
}
