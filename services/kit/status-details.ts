import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { Any } from 'nice-grpc-error-details/lib/proto/google/protobuf/any';
import { Duration } from 'nice-grpc-error-details/lib/proto/google/protobuf/duration';
import {
  BadRequest,
  BadRequest_FieldViolation,
  ErrorInfo,
  LocalizedMessage,
  type MessageFns,
  RequestInfo,
  RetryInfo,
} from 'nice-grpc-error-details/lib/proto/google/rpc/error_details';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status';
import type { FieldViolation, LocalizedText, StatusCode, StatusDetails } from './status-error';
import { StatusError } from './status-error';

/** The trailer that carries a google.rpc.Status. @see https://grpc.io/docs/guides/error/#richer-error-model */
const TRAILER = 'grpc-status-details-bin';

/** Peers give up on a call whose trailers are larger than 8 or 16 KiB in all, so long lists and texts are cut. */
const MAX_VIOLATIONS = 20;
const MAX_VALUES = 20;
const MAX_TEXT = 200;
const MAX_MESSAGE = 1_000;

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
  const message = { code, message: details, details: detailsOf(error, origin) };
  metadata.set(TRAILER, Buffer.from(Status.encode(Status.fromPartial(message)).finish()));
  return { code, details, metadata };
}

/** An error of a callee keeps its own domain; the text is always this service's or the callee's own. */
function detailsOf({ reason, metadata, details }: StatusError, origin: ErrorOrigin): Any[] {
  const { violations = [], retryAfterMs } = details;
  const { domain, requestId, localized } = { ...origin, ...withoutUndefined(details) };
  const values = Object.entries(metadata).slice(0, MAX_VALUES);
  const info = {
    reason: cut(reason),
    domain,
    metadata: Object.fromEntries(values.map(([name, value]: [string, unknown]) => [cut(name), cut(String(value))])),
  };
  return [
    pack(ErrorInfo, info),
    pack(RequestInfo, { requestId }),
    ...(violations.length > 0 ? [pack(BadRequest, { fieldViolations: toFieldViolations(violations) })] : []),
    ...(retryAfterMs === undefined ? [] : [pack(RetryInfo, { retryDelay: toDuration(retryAfterMs) })]),
    pack(LocalizedMessage, { locale: localized.locale, message: cut(localized.text, MAX_MESSAGE) }),
  ];
}

function toFieldViolations(violations: readonly FieldViolation[]) {
  return violations.slice(0, MAX_VIOLATIONS).map(({ field, description }) => ({
    $type: BadRequest_FieldViolation.$type,
    field: cut(field),
    description: cut(description),
  }));
}

function pack<T>(type: MessageFns<T, string>, partial: Partial<Omit<T, '$type'>>): Any {
  const value = type.encode(type.fromPartial(partial as never)).finish();
  return Any.fromPartial({ typeUrl: `type.googleapis.com/${type.$type}`, value });
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>;
}

function toDuration(ms: number): Duration {
  return Duration.fromPartial({ seconds: Math.floor(ms / 1_000), nanos: Math.round((ms % 1_000) * 1_000_000) });
}

/** Half of a character that takes two UTF-16 units, as slicing leaves it, cannot be encoded and would end the process. */
function cut(text: string, max = MAX_TEXT): string {
  return Buffer.from(text.length > max ? `${text.slice(0, max)}…` : text).toString();
}

/**
 * What is said of these without details is a library's own, with addresses and worse: nobody's business but the logs'.
 */
const TRANSPORT: Partial<Record<StatusCode, string>> = {
  UNAVAILABLE: 'callee.unavailable',
  DEADLINE_EXCEEDED: 'callee.too-late',
  UNKNOWN: 'callee.failed',
  DATA_LOSS: 'callee.failed',
};

/**
 * A failed call, as its caller sees it: what the callee threw, where it sent details; the original is the `cause`.
 *
 * @param service the full name of the contract that was called
 */
export function fromServiceError(error: ServiceError, service: string): StatusError {
  const code = (error.code in status ? status[error.code] : 'UNKNOWN') as StatusCode;
  const detailed = fromDetails(code, error);
  if (detailed) return detailed;
  const transport = TRANSPORT[code];
  if (transport) return new StatusError(code, transport, { service }, { cause: error });
  return new StatusError(code, error.details || code, {}, { cause: error });
}

function fromDetails(code: StatusCode, error: ServiceError): StatusError | undefined {
  // A client that fails before there is a stream makes errors without metadata.
  const [bytes] = (error.metadata as Metadata | undefined)?.get(TRAILER) ?? [];
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const unpack = unpacker(Status.decode(bytes).details);
    const info = unpack(ErrorInfo);
    if (!info?.reason) return undefined;
    const details = { ...readDetails(unpack), ...(info.domain ? { domain: info.domain } : {}) };
    return new StatusError(code, info.reason, info.metadata, { ...details, cause: error });
  } catch {
    // Not a google.rpc.Status: the code and the text are still there.
    return undefined;
  }
}

type Unpack = <T>(type: { readonly $type: string; decode(bytes: Uint8Array): T }) => T | undefined;

function unpacker(details: Any[]): Unpack {
  return (type) => {
    const found = details.find(({ typeUrl }) => typeUrl.endsWith(`/${type.$type}`));
    return found && type.decode(found.value);
  };
}

function readDetails(unpack: Unpack): StatusDetails {
  const violations = unpack(BadRequest)?.fieldViolations;
  const delay = unpack(RetryInfo)?.retryDelay;
  const localized = unpack(LocalizedMessage);
  const requestId = unpack(RequestInfo)?.requestId;
  return {
    ...(violations ? { violations: violations.map(({ field, description }) => ({ field, description })) } : {}),
    ...(delay ? { retryAfterMs: delay.seconds * 1_000 + delay.nanos / 1_000_000 } : {}),
    ...(localized ? { localized: { locale: localized.locale, text: localized.message } } : {}),
    ...(requestId ? { requestId } : {}),
  };
}
