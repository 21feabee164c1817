import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createQueryServer } from './jaeger/query-server';
import { createGrpcReceiver } from './receive/grpc-receiver';
import { createHttpReceiver } from './receive/http-receiver';
import type { Settings } from './settings';
import type { LoadTelemetry, Telemetry } from './telemetry';

/** A running store. */
export interface RunningStore {
  /** The actual ports; a setting of 0 means any free port. */
  ports: Settings['ports'];
  close(): Promise<void>;
}

/** @throws Error if a port is taken */
export async function startStore({ host, ports, limits }: Settings): Promise<RunningStore> {
  let telemetry: Promise<Telemetry> | undefined;
  const load: LoadTelemetry = () =>
    (telemetry ??= import('./telemetry').then((module) => new module.Telemetry(limits, Date.now)));
  const servers = {
    otlpHttp: createHttpReceiver(load),
    otlpGrpc: createGrpcReceiver(load),
    query: createQueryServer(load, Date.now),
  };
  const listen = async (name: keyof typeof servers): Promise<number> => {
    const server: Server = servers[name];
    server.listen(ports[name], host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const [otlpHttp, otlpGrpc, query] = await Promise.all([listen('otlpHttp'), listen('otlpGrpc'), listen('query')]);
  return {
    ports: { otlpHttp, otlpGrpc, query },
    async close() {
      for (const server of [servers.otlpHttp, servers.query]) server.closeAllConnections();
      await Promise.all(Object.values(servers).map((server: Server) => new Promise((done) => server.close(done))));
    },
  };
}
