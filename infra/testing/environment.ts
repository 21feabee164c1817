import { setTimeout as sleep } from 'node:timers/promises';
import NodeEnvironment from 'jest-environment-node';
import { leftOpen, openResources } from './open-resources';
import { endProcesses, startWarden } from './warden';

const LOOK_MS = 20;
/** Looks without any change after which what is open counts as forgotten: sockets take a moment to close. */
const PATIENCE = 100;

/**
 * Where a test file runs. When it is over, passed or failed, the processes that it started are ended, with their
 * children. A file that leaves servers, connections, timers or processes open fails, since they slow down the files
 * that run after it and may keep jest from ending.
 */
export default class WeftEnvironment extends NodeEnvironment {
  #before = openResources();

  override async setup(): Promise<void> {
    startWarden();
    await super.setup();
    // Node opens these when they are first used, which may be in a test.
    const _opened = [process.stdout, process.stderr];
    this.#before = openResources();
  }

  /** jest-circus tells of each step here. */
  async handleTestEvent({ name }: { name: string }, state: { unhandledErrors: unknown[] }): Promise<void> {
    if (name !== 'run_finish') return;
    const left = await this.#settle();
    if (left.length > 0) state.unhandledErrors.push(fault(left));
  }

  override async teardown(): Promise<void> {
    await endProcesses();
    await super.teardown();
  }

  /** @returns what is still open once nothing more closes by itself */
  async #settle(): Promise<string[]> {
    let left = leftOpen(this.#before);
    for (let looks = 0; left.length > 0 && looks < PATIENCE; looks += 1) {
      await sleep(LOOK_MS);
      const now = leftOpen(this.#before);
      if (now.join() !== left.join()) looks = 0;
      left = now;
    }
    return left;
  }
}

function fault(left: readonly string[]): Error {
  const error = new Error(
    `this test file left open: ${left.join(', ')}. Close in afterEach or afterAll what tests open.`,
  );
  // Where it was found says nothing about where it was opened.
  error.stack = error.message;
  return error;
}
