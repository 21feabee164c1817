import { defineService } from '../declaration';
import { rootCall } from '../protocol/call';
import type { Clients } from '../protocol/rpc';
import { noting } from '../testing/echo-kinds';
import { callPatientEcho, idleHandlers, patientEcho } from '../testing/programs/patient-echo';
import { serve } from '../testing/serve';
import { startService } from './start-service';

test('interceptors of run wrap all clients of a service, which may serve HTTP', async () => {
  const events: string[] = [];
  const served = await serve(patientEcho, idleHandlers, callPatientEcho);
  const calls = { one: patientEcho.only('say'), other: patientEcho.only('expand') };
  const site = defineService({ name: 'site', http: true, calls });
  let clients: Clients<typeof site> | undefined;
  const server = { listen: async () => undefined, close: async () => undefined, addresses: () => [{ port: 1 }] };
  const service = await startService(site, (dependencies) => ((clients = dependencies.clients), server) as never, {
    environment: { ECHO_GRPC_URL: served.address, LOG_LEVEL: 'silent' },
    signal: new AbortController().signal,
    clientInterceptors: [noting(events, 'a')],
  });
  await clients?.one.say({}, rootCall({ timeout: '20s' }));
  for await (const _ of clients?.other.expand({}, rootCall({ timeout: '20s' })) ?? []);
  await service.stop();
  await served.stop();
  expect(events).toEqual(['a in', 'a out', 'a in', 'a out']);
});

test('an HTTP service with interceptors does not start', async () => {
  const site = defineService({ name: 'site', http: true });
  const options = { environment: {}, signal: new AbortController().signal, interceptors: [noting([], 'a')] };
  await expect(startService(site, () => undefined as never, options)).rejects.toThrow(
    'site serves HTTP, and interceptors wrap gRPC calls only',
  );
});
