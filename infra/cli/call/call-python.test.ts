import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Outcome, weft } from '../testing/weft';

// Python's grpcio: its reflection is v1alpha and leaves out JSON names.

/** A Python that has grpcio-reflection; `WEFT_PYTHON` names one that is not on PATH. */
const PYTHON = process.env['WEFT_PYTHON'] ?? 'python3';
const missing = spawnSync(PYTHON, ['-c', 'import grpc_reflection'], { encoding: 'utf8' }).status !== 0;

if (missing)
  process.stderr.write(
    `SKIPPED: infra/cli/call/call-python.test.ts needs a Python with grpcio-reflection (pip install grpcio-reflection); ` +
      `"${PYTHON}" does not have it. Name one by WEFT_PYTHON.\n`,
  );

(missing ? describe.skip : describe)('a server in Python', () => {
  let server: ChildProcess;
  let address: string;

  beforeAll(async () => {
    server = spawn(PYTHON, [join(__dirname, '../testing/echo_server.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    address = line.toString().trim();
  });

  afterAll(async () => {
    server.stdin?.end();
    if (server.exitCode === null) await once(server, 'exit');
  });

  const call = (method: string, message: string, input?: string): Promise<Outcome> =>
    weft(['call', 'any', method, message, '--address', address], input);

  test.each<[string, string, object]>([
    ['numbers of 64 bits', '{"idNumber":9007199254740993}', { idNumber: '9007199254740993' }],
    ['bytes', '{"raw":"AP8="}', { raw: 'AP8=' }],
    ['a map of numbers', '{"lengths":{"-9007199254740993":1.5}}', { lengths: { '-9007199254740993': 1.5 } }],
    [
      'a message of proto2',
      '{"old":{"serialNo":18446744073709551615,"size":"SMALL"}}',
      { old: { serialNo: '18446744073709551615', size: 'SMALL' } },
    ],
    [
      'an Any with a type of the server',
      '{"anything":{"@type":"type.googleapis.com/snake.v1.Old","serialNo":9007199254740993}}',
      { anything: { '@type': 'type.googleapis.com/snake.v1.Old', serialNo: '9007199254740993' } },
    ],
    ['a Duration', '{"age":"1.5s"}', { age: '1.500s' }],
    ['a wrapper', '{"weight":18446744073709551615}', { weight: '18446744073709551615' }],
    ['a field that every object has', '{"constructor":"x"}', { constructor: 'x' }],
    ['names as they stand in the contract', '{"id_number":7}', { idNumber: '7' }],
  ])('gets and gives %s', async (_, message, reply) => {
    const { out, error } = await call('snake.v1.Snakes.Echo', message);
    expect(error).toBe('');
    expect(JSON.parse(out)).toMatchObject(reply);
  });

  test('gets a stream and gives one', async () => {
    const { out } = await call('EchoAll', '-', '{"idNumber":1}\n{"idNumber":2}\n');
    const replies = out.trim().split('\n');
    expect(replies.map((line) => JSON.parse(line) as object)).toMatchObject([{ idNumber: '1' }, { idNumber: '2' }]);
  });

  test.each([
    ['a status', '{"idNumber":-1}', 'OUT_OF_RANGE: snakes count from 0\n'],
    ['a field of proto2 that is required', '{"old":{}}', /cannot encode .*serial_no/],
    [
      'a field that is wrong inside a message',
      '{"old":{"serialNo":-1,"size":"HUGE"}}',
      'the message does not match snake.v1.Snake:\n' +
        '  old.serial_no must be a whole number of 64 bits that is not negative, not -1\n' +
        '  old.size must be one of SMALL, BIG, not "HUGE"\n',
    ],
  ])('tells of %s', async (_, message, sentence) => {
    const { code, error } = await call('Snakes/Echo', message);
    expect(code).toBe(1);
    expect(error.replace('weft: ', '')).toMatch(sentence);
  });
});
