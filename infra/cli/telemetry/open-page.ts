import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Opens a page in the browser of whoever sits at this machine.
 *
 * @throws Error with the address where there is no browser to open
 */
export async function openPage(url: string): Promise<void> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`there is no ${program} here to open a browser with; the page is ${url}`, { cause: error });
  }
  child.unref();
}
