import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type Any, anyPack } from '@bufbuild/protobuf/wkt';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  LocalizedMessageSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from '../../../proto/gen/google/rpc/error_details_pb';
import { type Status, StatusSchema } from '../../../proto/gen/google/rpc/status_pb';
import type { LocalizedText } from './error-details';
import { readServiceError } from './foreign-error';
import { DETAILS_TRAILER } from './read-details';
import { StatusError } from './status-error';

/**
 * Peers give up on a call whose trailers are larger than 8 KiB in all, and then its code is lost too. Base64 makes a
 * third more of this, and the message stands beside it once more, where one byte can become three.
 */
const MAX_BYTES = 3_500;
const MAX_MESSAGE = 600;

/** How many violations and values are sent, and how many bytes of each text: the first that stay within bounds. */
const LIMITS = [
  { items: 20, bytes: 200 },
  { items: 10, bytes: 100 },
  { items: 10, bytes: 50 },
  { items: 0, bytes: 50 },
];

type Limit = (typeof LIMITS)[number];

/** Where an error was made, and how it reads to the caller. */
export interface ErrorOrigin {
  /** The name of the service. */
  readonly domain: string;
  readonly requestId: string;
  readonly localized: LocalizedText;
}

/** What goes over the wire for an error. */
export function toServiceError(error: StatusError, origin: ErrorOrigin): Partial<ServiceError> {
  const code = status[error.code];
  const details = cut(error.message, MAX_MESSAGE);
  const metadata = new Metadata();
  metadata.set(DETAILS_TRAILER, encodeWithinBounds(error, { code, message: details }, origin));
  return { code, details, metadata };
}

function encodeWithinBounds(error: StatusError, head: Pick<Status, 'code' | 'message'>, origin: ErrorOrigin): Buffer {
  let encoded = Buffer.alloc(0);
  for (const limit of LIMITS) {
    const message = create(StatusSchema, { ...head, details: detailsOf(error, origin, limit) });
    encoded = Buffer.from(toBinary(StatusSchema, message));
    if (encoded.length <= MAX_BYTES) break;
  }
  return encoded;
}

/** An error of a callee keeps its own domain; the text is always this service's or the callee's own. */
function detailsOf({ reason, metadata, details }: StatusError, origin: ErrorOrigin, { items, bytes }: Limit): Any[] {
  const { violations = [], retryAfterMs } = details;
  const { domain, requestId, localized } = { ...origin, ...withoutUndefined(details) };
  const short = (text: unknown): string => cut(text, bytes);
  const values = Object.entries(metadata).slice(0, items);
  const info = {
    reason: short(reason),
    domain: short(domain),
    metadata: Object.fromEntries(values.map(([name, value]) => [short(name), short(value)])),
  };
  const fieldViolations = violations.slice(0, items).map(({ field, description }) => ({
    field: short(field),
    description: short(description),
  }));
  return [
    pack(ErrorInfoSchema, info),
    pack(RequestInfoSchema, { requestId: short(requestId) }),
    ...(fieldViolations.length > 0 ? [pack(BadRequestSchema, { fieldViolations })] : []),
    ...(isTime(retryAfterMs) ? [pack(RetryInfoSchema, { retryDelay: toDuration(retryAfterMs) })] : []),
    pack(LocalizedMessageSchema, { locale: short(localized.locale), message: cut(localized.text, MAX_MESSAGE) }),
  ];
}

function pack<T extends DescMessage>(schema: T, init: MessageInitShape<T>): Any {
  return anyPack(schema, create(schema, init));
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>;
}

function isTime(ms: number | undefined): ms is number {
  return ms !== undefined && Number.isFinite(ms) && ms >= 0;
}

/** To the nanosecond; protobuf-es's own function rounds to milliseconds. */
function toDuration(ms: number) {
  const nanos = Math.round(ms * 1_000_000);
  return { seconds: BigInt(Math.floor(nanos / 1_000_000_000)), nanos: nanos % 1_000_000_000 };
}

/**
 * Whatever it is, as a text of so many bytes of UTF-8. Half of a character that takes two UTF-16 units, as slicing
 * leaves it, cannot be encoded and would end the process.
 */
function cut(text: unknown, maxBytes: number): string {
  const bytes = Buffer.from(String(text));
  if (bytes.length <= maxBytes) return bytes.toString();
  return `${bytes
    .subarray(0, maxBytes)
    .toString()
    .replace(/\ufffd+$/, '')}…`;
}

/**
 * A failed call as its caller sees it; the original is the `cause`.
 *
 * @param service the full name of the contract that was called
 * @param hint what to look at, for the log
 */
export function fromServiceError(error: ServiceError, service: string, hint?: string): StatusError {
  const { code, reason, metadata, details } = readServiceError(error, service);
  return new StatusError(code, reason, metadata, { ...details, cause: error, ...(hint === undefined ? {} : { hint }) });
}
