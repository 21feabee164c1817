import { createLocalize } from '../../kit/errors/messages';
import { type StatusCode, StatusError } from '../../kit/errors/status-error';
import { MESSAGES } from '../messages';
import { createTellProblem } from './problem';

const tell = createTellProblem(createLocalize(MESSAGES));

const origin = { requestId: 'r-1', acceptLanguage: 'en' };

test.each<[StatusCode, number, string]>([
  ['CANCELLED', 499, 'Client Closed Request'],
  ['UNKNOWN', 500, 'Internal Server Error'],
  ['INVALID_ARGUMENT', 400, 'Bad Request'],
  ['DEADLINE_EXCEEDED', 504, 'Gateway Timeout'],
  ['NOT_FOUND', 404, 'Not Found'],
  ['ALREADY_EXISTS', 409, 'Conflict'],
  ['PERMISSION_DENIED', 403, 'Forbidden'],
  ['RESOURCE_EXHAUSTED', 429, 'Too Many Requests'],
  ['FAILED_PRECONDITION', 400, 'Bad Request'],
  ['ABORTED', 409, 'Conflict'],
  ['OUT_OF_RANGE', 400, 'Bad Request'],
  ['UNIMPLEMENTED', 501, 'Not Implemented'],
  ['INTERNAL', 500, 'Internal Server Error'],
  ['UNAVAILABLE', 503, 'Service Unavailable'],
  ['DATA_LOSS', 500, 'Internal Server Error'],
  ['UNAUTHENTICATED', 401, 'Unauthorized'],
])('%s is %i %s', (code, status, title) => {
  const localized = { locale: 'de', text: 'Es geht nicht.' };
  const error = new StatusError(code, 'test.failed', { field: 'x' }, { domain: 'test', localized });
  expect(tell(error, origin)).toEqual({
    type: 'about:blank',
    title,
    status,
    detail: 'test.failed (field: x)',
    code,
    reason: 'test.failed',
    requestId: 'r-1',
    localized,
  });
});

test('another status has another title', () => {
  const error = new StatusError('INVALID_ARGUMENT', 'url.too-long');
  expect(tell(error, origin, 414)).toMatchObject({ status: 414, title: 'URI Too Long', code: 'INVALID_ARGUMENT' });
});

test.each([
  ['en', 'url.too-long', 'en', 'The address is too long.'],
  ['zh-CN, en;q=0.5', 'url.too-long', 'zh', '地址过长。'],
  ['fr', 'url.too-long', 'en', 'The address is too long.'],
  ['', 'test.unheard-of', 'en', 'The request is not valid.'],
])(
  'to who reads %j, an error of the gateway itself that is %s is told in %s',
  (acceptLanguage, reason, locale, text) => {
    const error = new StatusError('INVALID_ARGUMENT', reason);
    expect(tell(error, { ...origin, acceptLanguage }).localized).toEqual({ locale, text });
  },
);

test.each([
  [0, 1],
  [1, 1],
  [1_000, 1],
  [1_001, 2],
  [90_000, 90],
])('trying again after %i ms is after %i s', (retryAfterMs, retryAfter) => {
  expect(tell(new StatusError('UNAVAILABLE', 'test.busy', {}, { retryAfterMs }), origin)).toMatchObject({ retryAfter });
});

test('has the violations, and no list without any', () => {
  const violations = [{ field: 'a.b[1]', description: 'must not be empty' }];
  const error = (details: object) => new StatusError('INVALID_ARGUMENT', 'request.invalid', {}, details);
  expect(tell(error({ violations }), origin).violations).toEqual(violations);
  expect(tell(error({ violations: [] }), origin)).not.toHaveProperty('violations');
});

test('what a library or a foreign service says of an internal error stays here', () => {
  const error = new StatusError('INTERNAL', 'Received RST_STREAM with code 2 from 10.0.0.7:50051');
  expect(tell(error, origin)).toMatchObject({ code: 'INTERNAL', reason: 'internal', detail: 'internal' });
  expect(JSON.stringify(tell(error, origin))).not.toContain('10.0.0.7');
});

test('every reason of the gateway has a text of its own in each language', () => {
  for (const { en, zh } of Object.values(MESSAGES))
    expect([en, zh]).toEqual([expect.stringMatching(/^[A-Z].*\.$/), expect.stringMatching(/。$/)]);
});
