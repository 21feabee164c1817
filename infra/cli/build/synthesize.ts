import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Project } from './project';

/** Which manifests to write, and where to. */
export interface SynthTarget {
  /** The name of an environment. */
  environment: string;
  /** Takes the manifests. */
  folder: string;
  /** Takes the files for installing Istio, where they are wanted. */
  istio?: string | undefined;
}

/**
 * Runs the project's charts, as they were last built.
 *
 * @returns the names of the files written
 * @throws Error that lists everything wrong with the declarations or the environment
 */
export function synthesize({ root, environments, build: built }: Project, target: SynthTarget): string[] {
  return loadCharts(root, built).synth({ root, environments, ...target });
}

/** What the bundle of the charts exports. */
interface Charts {
  synth(options: SynthTarget & { root: string; environments: string }): string[];
}

/** @throws Error with the line of a declaration or of settings that threw */
function loadCharts(root: string, built: string): Charts {
  process.setSourceMapsEnabled(true);
  try {
    return createRequire(join(root, 'package.json'))(join(built, 'charts.cjs')) as Charts;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${placeOf(error as Error, root)}: ${message}; npm run types may say more`, { cause: error });
  }
}

/** The file and line of the project that an error came from. */
function placeOf({ stack = '' }: Error, root: string): string {
  const line = stack.split('\n').find((each) => each.includes(`${root}/`) && !each.includes('node_modules')) ?? '';
  return line.slice(line.indexOf(root) + root.length + 1).replace(/\)$/, '') || 'a declaration';
}
