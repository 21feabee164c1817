import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What stands between a client and a server, and may harm what goes through. */
export interface TcpProxy {
  readonly address: string;
  /** How many connections it has taken so far. */
  readonly connections: number;
  /** How many are open. */
  readonly open: number;
  /** Bytes that clients have sent. */
  readonly sent: number;
  /** Holds back each chunk that a server sends from now on, in milliseconds. */
  delay(ms: number): void;
  /** Holds back what comes on the connections that there are. @returns what lets it through again */
  hold(): () => void;
  /** Destroys every connection, at both ends. */
  cut(): void;
  close(): void;
}

export interface ProxyOptions {
  /** Where it listens; a free port unless told. */
  port?: number;
  /** Sees what a client sends. @param connection its number, from 1 */
  onSent?(connection: number, chunk: Buffer): void;
  /** Sees what a server sends. */
  onReceived?(connection: number, chunk: Buffer): void;
  /** Forgets a connection after so long without a byte, as a NAT does: what comes later goes nowhere. */
  forgetAfterMs?: number;
}

/** Starts a proxy on loopback. @param target a port of loopback */
export async function startProxy(target: number, options: ProxyOptions = {}): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let sent = 0;
  let delayMs = 0;
  const server = createServer((client) => {
    const number = (connections += 1);
    const upstream = connect(target, '127.0.0.1');
    const memory = createMemory(options.forgetAfterMs ?? Infinity);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.once('close', () => {
        sockets.delete(from);
        if (!memory.forgotten()) to.destroy();
      });
      from.on('data', (chunk: Buffer) => {
        if (from === client) sent += chunk.length;
        (from === client ? options.onSent : options.onReceived)?.(number, chunk);
        const pass = (): void => {
          // Slow readers stay slow: a proxy that took everything would hide it.
          if (!memory.passes() || to.write(chunk)) return;
          from.pause();
          to.once('drain', () => from.resume());
        };
        if (from === upstream && delayMs > 0) setTimeout(pass, delayMs);
        else pass();
      });
    }
  }).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size / 2;
    },
    get sent() {
      return sent;
    },
    delay: (ms) => void (delayMs = ms),
    hold: () => {
      const held = [...sockets].map((socket) => socket.pause());
      return () => held.forEach((socket) => socket.resume());
    },
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}

/** Whether a connection is still known, which it is for some time after each byte. */
function createMemory(forgetAfterMs: number) {
  let last = Date.now();
  let gone = false;
  const forgotten = (): boolean => (gone ||= Date.now() - last > forgetAfterMs);
  const passes = (): boolean => {
    if (forgotten()) return false;
    last = Date.now();
    return true;
  };
  return { forgotten, passes };
}
