import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, freePort, type Program, type Programs } from '../testing/programs/programs';
import { until } from '../testing/programs/until';

// Replicas are replaced one after the other, as in a rollout, while callers go on: none of them may notice.

const CALLS = 20_000;
const AT_ONCE = 50;

let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/echo-server.ts');
}, 60_000);

afterEach(() => programs.killAll());

afterAll(() => programs.remove());

async function start(port: number): Promise<Program> {
  const program = programs.start('echo-server', { GRPC_PORT: String(port), DRAIN_DELAY_MS: '500' });
  await program.port;
  return program;
}

/** Ends a replica as a rollout does, and starts the next one in its place. */
async function replace(program: Program): Promise<Program> {
  const port = await program.port;
  program.child.kill('SIGTERM');
  expect(await program.exit).toBe(0);
  return start(port);
}

test('both replicas are restarted, twice, and no call fails', async () => {
  const ports = [await freePort(), await freePort()];
  const replicas = await Promise.all(ports.map(start));
  const { client, close } = connect(callPatientEcho, `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
  const failures: string[] = [];
  const answeredBy = new Set<number>();
  let calls = 0;
  let rolling = true;
  const caller = async (): Promise<void> => {
    while (rolling || calls < CALLS) {
      calls += 1;
      await client.say({ text: 'hi' }, rootCall({ timeout: '1m' })).then(
        ({ count }) => answeredBy.add(count),
        (error: Error) => failures.push(`${error.message} ${(error.cause as Error | undefined)?.message}`),
      );
    }
  };
  const callers = Array.from({ length: AT_ONCE }, caller);
  for (let round = 0; round < 2; round += 1) {
    for (const [index, replica] of replicas.entries()) replicas[index] = await replace(replica);
  }
  await until('each of the six processes takes part', () => answeredBy.size === 6);
  rolling = false;
  await Promise.all(callers);
  expect([...new Set(failures)]).toEqual([]);
  expect(calls).toBeGreaterThanOrEqual(CALLS);
  close();
}, 120_000);
