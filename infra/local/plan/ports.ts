import { createServer, type AddressInfo } from 'node:net';

const MAX_PORT = 65_535;

/**
 * Makes a function that chooses free ports on loopback, never one twice.
 *
 * @returns a function that returns the wanted port or the next free one, or any free port
 */
export function createPortChooser(): (wanted?: number) => Promise<number> {
  const chosen = new Set<number>();
  return async (wanted) => {
    for (let candidate = wanted ?? 0; ; candidate = wanted === undefined ? 0 : candidate + 1) {
      if (candidate > MAX_PORT) throw new Error(`all ports from ${wanted} to ${MAX_PORT} are taken`);
      const port = chosen.has(candidate) ? undefined : await listenOnce(candidate);
      if (port === undefined || chosen.has(port)) continue;
      chosen.add(port);
      return port;
    }
  };
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
