import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Opens a page in the browser of whoever sits at this machine.
 *
 * @param environment has the PATH on which the program is looked for that opens pages
 * @throws Error with the address where there is no browser to open
 */
export async function openPage(url: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { env: environment, stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`there is no ${program} here to open a browser with; the page is ${url}`, { cause: error });
  }
  child.unref();
}
