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
    const gateway = this.#platform?.address('gateway') ?? '';
    const env = { ...process.env, NO_COLOR: '1', PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` };
    const options = { cwd: this.#project.root, env, timeout: LIMIT_MS };
    return new Promise((resolve) => {
      const script = `exec 2>&1\n${command.replaceAll('localhost:8080', gateway)}`;
      execFile('bash', ['-c', script], options, (error, output) => {
        resolve({ status: error ? Number(error.code ?? 1) : 0, output });
      });
    });
  }

  async close(): Promise<void> {
    await this.#platform?.stop('SIGINT');
    this.#project.remove();
  }
}
