import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunFile, writeRunFile } from '../../../local/processes/run-file';
import { findProject, type Project } from '../../build/project';

/** A project folder for tests of `weft trace` and `weft top`. */
export interface TelemetryProject {
  project: Project;
  /** Writes a run file that names this process as a running platform. */
  pretendToRun(telemetry?: RunFile['telemetry']): void;
  /** Writes log lines of pods. */
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

/** The output of a command. */
export interface CapturedOutput {
  out: string;
  error: string;
}

/** Runs a command and captures its output. */
export async function captureOutput(run: () => Promise<void>): Promise<CapturedOutput> {
  const all: CapturedOutput = { out: '', error: '' };
  const into = (which: keyof CapturedOutput) => (text: string | Uint8Array) => {
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
