import { setImmediate as turn } from 'node:timers/promises';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, freePort, type Program, type Programs } from '../testing/programs/programs';
import { until } from '../testing/programs/until';

// Replicas are replaced one after the other, as in a rollout, while callers go on: none of them may notice.

const CALLS = 20_000;
const AT_ONCE = 50;
/** More calls than a run has time for, so that the load ends even where nothing else ends it. */
const AT_MOST = 1_000_000;

let programs: Programs;
const closing: (() => void)[] = [];

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/echo-server.ts');
});

afterEach(() => {
  closing.splice(0).forEach((close) => close());
  programs.killAll();
});

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

/** Callers that go on until they are told to stop, or the test is over. */
function startLoad(ports: readonly number[]) {
  const { client, close } = connect(callPatientEcho, `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
  const stopped = new AbortController();
  const failures = new Set<string>();
  const answeredBy = new Set<number>();
  let calls = 0;
  const caller = async (): Promise<void> => {
    while (!stopped.signal.aborted && (calls += 1) <= AT_MOST) {
      await client.say({ text: 'hi' }, rootCall({ timeout: '1m' })).then(
        ({ count }) => answeredBy.add(count),
        (error: Error) => failures.add(`${error.message} ${(error.cause as Error | undefined)?.message}`),
      );
      // Calls that fail at once would leave timers no turn.
      await turn();
    }
  };
  const callers = Promise.all(Array.from({ length: AT_ONCE }, caller));
  const stop = async (): Promise<void> => {
    stopped.abort();
    await callers;
  };
  closing.push(() => stopped.abort(), close);
  return { answeredBy, failures, calls: () => calls, stop };
}

test('both replicas are restarted, twice, and no call fails', async () => {
  const ports = [await freePort(), await freePort()];
  const replicas = await Promise.all(ports.map(start));
  const { answeredBy, failures, calls, stop } = startLoad(ports);
  const answered = (processes: number): Promise<void> =>
    until(
      `${processes} processes have answered`,
      () => answeredBy.size >= processes || failures.size > 0,
      () => replicas.map((each) => each.output().length),
    );
  await answered(2);
  for (let round = 0; round < 2; round += 1) {
    for (const [index, replica] of replicas.entries()) {
      replicas[index] = await replace(replica);
      await answered(3 + 2 * round + index);
    }
  }
  await until('many calls are made', () => calls() >= CALLS || failures.size > 0, calls);
  await stop();
  expect([...failures]).toEqual([]);
  expect(answeredBy.size).toBe(6);
});
