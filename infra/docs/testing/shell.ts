import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { copyProject, npmStart, type Platform, type Project } from '../../local/testing/npm-start';
import { ROOT } from './pages';

/** A failing request is a failing command, as a reader would see it. */
const STRICT = 'set -eo pipefail; curl() { command curl --fail-with-body --silent --show-error "$@"; }\n';

const LIMIT_MS = 240_000;

export interface Outcome {
  readonly status: number;
  /** Standard output and standard error, as they come on a terminal. */
  readonly output: string;
}

/** A reader's terminals: one that runs the platform, and one for everything else. */
export class Shell {
  readonly #project: Project = copyProject();
  #platform: Platform | undefined;

  /** Makes what a start would make first, silently and for long on a busy machine. */
  build(): Promise<Outcome> {
    return this.#bash('npx weft build');
  }

  /** Starts the platform, in place of one that runs. */
  async start(): Promise<void> {
    await this.#platform?.stop('SIGINT');
    this.#platform = await npmStart(this.#project.root);
  }

  /** Runs lines until the first that fails. */
  runStrictly(lines: readonly string[]): Promise<Outcome> {
    return this.run(STRICT + lines.join('\n'));
  }

  /** Runs a command. Pages say port 8080, and the platform took a free one. */
  async run(command: string): Promise<Outcome> {
    if (!this.#platform) await this.start();
    return this.#bash(command.replaceAll('localhost:8080', this.#platform?.address('gateway') ?? ''));
  }

  #bash(script: string): Promise<Outcome> {
    const env = { ...process.env, NO_COLOR: '1', PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` };
    const options = { cwd: this.#project.root, env, timeout: LIMIT_MS };
    return new Promise((resolve) => {
      execFile('bash', ['-c', `exec 2>&1\n${script}`], options, (error, output) => {
        resolve({ status: error ? Number(error.code ?? 1) : 0, output });
      });
    });
  }

  async close(): Promise<void> {
    await this.#platform?.stop('SIGINT');
    this.#project.remove();
  }
}
