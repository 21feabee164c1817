import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { callEcho } from '../testing/echo';
import { serveFailing } from '../testing/failing-echo';
import type { Served } from '../testing/serve';
import { StatusError } from './status-error';

// Whether a client that is not ours, Python's grpcio with Google's types, reads the details of an error.

/** A Python that has grpcio-status; `WEFT_PYTHON` names one that is not on PATH. */
const PYTHON = process.env['WEFT_PYTHON'] ?? 'python3';
const missing = spawnSync(PYTHON, ['-c', 'import grpc_status'], { encoding: 'utf8' }).status !== 0;

if (missing)
  process.stderr.write(
    `SKIPPED: services/kit/errors/status-details-python.test.ts needs a Python with grpcio-status ` +
      `(pip install grpcio-status); "${PYTHON}" does not have it. Name another with WEFT_PYTHON.\n`,
  );

let served: Served<typeof callEcho>;
let fault: StatusError;

beforeAll(async () => {
  served = await serveFailing(() => fault);
});

afterAll(() => served.stop());

async function read(thrown: StatusError, ...languages: string[]): Promise<unknown> {
  fault = thrown;
  const { stdout } = await promisify(execFile)(PYTHON, [
    join(__dirname, '../testing/status.py'),
    served.address,
    ...languages,
  ]);
  return JSON.parse(stdout);
}

const violations = [
  { field: 'name', description: 'must not be empty' },
  { field: 'tags["名"]', description: '' },
];

(missing ? describe.skip : describe)('grpcio reads', () => {
  test('all details', async () => {
    const thrown = new StatusError('UNAVAILABLE', 'shop.closed', { shop: '€ 😀' }, { violations, retryAfterMs: 1_500 });
    const text = 'shop.closed (name: must not be empty, tags["名"]: , shop: € 😀)';
    expect(await read(thrown, 'zh')).toEqual({
      code: 'UNAVAILABLE',
      text,
      message: text,
      details: {
        'google.rpc.ErrorInfo': { reason: 'shop.closed', domain: 'echo', metadata: { shop: '€ 😀' } },
        'google.rpc.RequestInfo': { requestId: 'r-1' },
        'google.rpc.BadRequest': { fieldViolations: [violations[0], { field: 'tags["名"]' }] },
        'google.rpc.RetryInfo': { retryDelay: '1.500s' },
        'google.rpc.LocalizedMessage': { locale: 'zh', message: '服务暂时不可用，请稍后再试。' },
      },
    });
  });

  test('an error cut to what it takes, with half a character in it', async () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ field: `user_ids[${n}]`, description: 'must not be empty' }));
    const thrown = new StatusError('INVALID_ARGUMENT', 'x', { query: '\ud83d' }, { violations: many });
    expect(await read(thrown)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: {
        'google.rpc.ErrorInfo': { metadata: { query: '\ufffd' } },
        'google.rpc.BadRequest': { fieldViolations: many.slice(0, 20) },
      },
    });
  });
});
