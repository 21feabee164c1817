import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type Any, anyPack, AnySchema, anyUnpack } from '@bufbuild/protobuf/wkt';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  BadRequestSchema,
  DebugInfoSchema,
  ErrorInfoSchema,
  QuotaFailureSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from '../../../proto/gen/google/rpc/error_details_pb';
import { StatusSchema } from '../../../proto/gen/google/rpc/status_pb';
import { fromServiceError, toServiceError } from './status-details';
import type { StatusError } from './status-error';

// Servers in other languages send any of google.rpc's details, in any order, and types of their own.

const pack = <T extends DescMessage>(schema: T, init: MessageInitShape<T>): Any =>
  anyPack(schema, create(schema, init));
const broken = (typeName: string): Any =>
  create(AnySchema, { typeUrl: `type.googleapis.com/${typeName}`, value: Uint8Array.of(0x0a, 0xff) });

const violations = [{ field: 'name', description: 'must not be empty' }];
const badRequest = pack(BadRequestSchema, { fieldViolations: violations });
const retryInfo = pack(RetryInfoSchema, { retryDelay: { seconds: 2n, nanos: 500_000_000 } });
const quota = pack(QuotaFailureSchema, { violations: [{ subject: 'project', description: 'too much' }] });

function received(code: status, text: string, ...details: Any[]): StatusError {
  const metadata = new Metadata();
  const bytes = toBinary(StatusSchema, create(StatusSchema, { code, message: text, details }));
  metadata.set('grpc-status-details-bin', Buffer.from(bytes));
  const error: ServiceError = Object.assign(new Error(text), { code, details: text, metadata });
  return fromServiceError(error, 'a.B');
}

test.each<[string, Any, object]>([
  ['BadRequest', badRequest, { violations }],
  ['RetryInfo', retryInfo, { retryAfterMs: 2_500 }],
  ['RequestInfo', pack(RequestInfoSchema, { requestId: 'r-9' }), { requestId: 'r-9' }],
  ['ErrorInfo without a reason', pack(ErrorInfoSchema, { domain: 'shop' }), { domain: 'shop' }],
])('%s alone is read, and the text stays the reason', (_, detail, details) => {
  const error = received(status.INVALID_ARGUMENT, 'the name is missing', detail);
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'the name is missing' });
  expect(error.details).toEqual(details);
});

test('UNAVAILABLE with RetryInfo says when to try again, and keeps its text for the log', () => {
  const error = received(status.UNAVAILABLE, 'shard 10.0.0.1 is moving', retryInfo);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', reason: 'callee.unavailable', metadata: { service: 'a.B' } });
  expect(error.details).toEqual({ retryAfterMs: 2_500 });
  expect((error.cause as Error).message).toContain('10.0.0.1');
});

test('a detail of another type is there as it came', () => {
  const error = received(status.RESOURCE_EXHAUSTED, 'too much', quota, retryInfo);
  expect(error.details).toEqual({ retryAfterMs: 2_500, others: [quota] });
  const [other] = error.details.others ?? [];
  expect(other && anyUnpack(other, QuotaFailureSchema)?.violations).toMatchObject([{ subject: 'project' }]);
});

test.each(['google.rpc.ErrorInfo', 'google.rpc.RetryInfo', 'google.rpc.BadRequest', 'shop.v1.Unknown'])(
  'a %s that cannot be decoded spoils no other detail',
  (typeName) => {
    const info = pack(ErrorInfoSchema, { reason: 'cart.full', domain: 'shop', metadata: { cart: 'c-1' } });
    const error = received(status.ABORTED, 'm', broken(typeName), info, badRequest, retryInfo);
    expect(error).toMatchObject({ reason: 'cart.full', metadata: { cart: 'c-1' } });
    expect(error.details).toEqual({ violations, retryAfterMs: 2_500, domain: 'shop', others: [broken(typeName)] });
  },
);

test('a detail that comes twice is read once, and the second is there as it came', () => {
  const second = pack(RetryInfoSchema, { retryDelay: { seconds: 9n } });
  expect(received(status.ABORTED, 'm', retryInfo, second).details).toEqual({ retryAfterMs: 2_500, others: [second] });
});

test('details of other types are not passed on: a DebugInfo has a stack trace', () => {
  const error = received(status.ABORTED, 'm', pack(DebugInfoSchema, { detail: 'secret' }), badRequest);
  const origin = { domain: 'front', requestId: 'r-1', localized: { locale: 'en', text: 't' } };
  const sent = String(toServiceError(error, origin).metadata?.get('grpc-status-details-bin')[0]);
  expect(sent).toContain('must not be empty');
  expect(sent).not.toContain('secret');
});
