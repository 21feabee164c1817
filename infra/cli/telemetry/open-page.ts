import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Opens a page in a browser.
 *
 * @param environment its PATH is searched for the program that opens pages
 * @throws Error with the address if that program is missing
 */
export async function openPage(url: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { env: environment, stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`cannot open a browser, since ${program} is not on PATH; the page is ${url}`, { cause: error });
  }
  child.unref();
}
