import pino from 'pino';
import { createLocalize } from '../../kit/errors/messages';
import { StatusError } from '../../kit/errors/status-error';
import { createFailures } from './failures';
import { MESSAGES } from '../messages';
import { createTellProblem, type Problem } from './problem';

let lines: Record<string, unknown>[] = [];
const log = pino({}, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
const failures = createFailures(createTellProblem(createLocalize(MESSAGES)), log);
const request = { id: 'r-1', headers: { 'accept-language': 'zh' } };

beforeEach(() => (lines = []));

const fastifyError = (code: string, statusCode: number) => Object.assign(new Error('internals'), { code, statusCode });

test.each<[string, unknown, Partial<Problem>]>([
  ['an exception', new Error('internals'), { status: 500, code: 'INTERNAL', reason: 'internal' }],
  ['no exception at all', undefined, { status: 500, code: 'INTERNAL', reason: 'internal' }],
  ['an error of a service', new StatusError('NOT_FOUND', 'user.not-found'), { status: 404, reason: 'user.not-found' }],
  ['an error of Fastify', fastifyError('FST_ERR_BAD_URL', 400), { status: 400, reason: 'url.malformed' }],
  ['one that is too long', fastifyError('FST_ERR_MAX_PARAM_LENGTH', 414), { status: 414, reason: 'url.too-long' }],
  ['one that is new', fastifyError('FST_ERR_NEW', 418), { status: 418, reason: 'request.malformed' }],
  ['one that is its own fault', fastifyError('FST_ERR_NEW', 500), { status: 500, reason: 'internal' }],
])('%s is a problem without internals', (_, thrown, expected) => {
  const problem = failures.problemOf(thrown, request);
  expect(problem).toMatchObject({ ...expected, requestId: 'r-1', localized: { locale: 'zh' } });
  expect(JSON.stringify(problem)).not.toContain('internals');
});

test.each<[string, unknown, object[]]>([
  ['an exception', new Error('internals'), [{ level: 50, msg: 'request failed', err: { message: 'internals' } }]],
  ['what a client did wrong', fastifyError('FST_ERR_BAD_URL', 400), []],
  ['what a service threw', new StatusError('UNAVAILABLE', 'a.b', {}, { domain: 'a', cause: new Error('c') }), []],
  [
    'what kept a call from a service',
    new StatusError('UNAVAILABLE', 'callee.unavailable', {}, { cause: new Error('no address') }),
    [{ level: 40, msg: 'call failed', reason: 'callee.unavailable', cause: 'no address' }],
  ],
])('of %s the log has what nobody else has logged', (_, thrown, expected) => {
  failures.problemOf(thrown, request);
  expect(lines).toHaveLength(expected.length);
  expect(lines).toMatchObject(expected);
});

test.each([
  ['HPE_HEADER_OVERFLOW', 431, 'Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'Request Timeout'],
  ['HPE_INVALID_METHOD', 400, 'Bad Request'],
  [undefined, 400, 'Bad Request'],
])('what the parser refuses with %s is %i, and the end of the connection', (code, status, title) => {
  const { text, problem } = failures.rawAnswer(code);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head.split('\r\n')).toEqual(
    expect.arrayContaining([
      `HTTP/1.1 ${status} ${title}`,
      'content-type: application/problem+json',
      'connection: close',
      `content-length: ${Buffer.byteLength(body)}`,
    ]),
  );
  expect(JSON.parse(body)).toEqual(problem);
});
