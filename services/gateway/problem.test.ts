import { type StatusCode, StatusError } from '../kit/status-error';
import { problemOf, problemOfHttpError } from './problem';

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
  const error = new StatusError(code, 'test.failed', { field: 'x' });
  const detail = 'test.failed (field: x)';
  expect(problemOf(error, 'r-1')).toEqual({ type: 'about:blank', title, status, detail, code, requestId: 'r-1' });
});

test.each([
  [400, 'INVALID_ARGUMENT', 'Bad Request'],
  [404, 'NOT_FOUND', 'Not Found'],
  [413, 'RESOURCE_EXHAUSTED', 'Payload Too Large'],
  [414, 'INVALID_ARGUMENT', 'URI Too Long'],
  [415, 'INVALID_ARGUMENT', 'Unsupported Media Type'],
  [429, 'RESOURCE_EXHAUSTED', 'Too Many Requests'],
])('the HTTP error %i keeps its status and is %s', (status, code, title) => {
  const problem = { type: 'about:blank', title, status, detail: 'because', code, requestId: 'r-1' };
  expect(problemOfHttpError(status, 'because', 'r-1')).toEqual(problem);
});
