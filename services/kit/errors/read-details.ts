import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { type Any, anyUnpack } from '@bufbuild/protobuf/wkt';
import type { Metadata } from '@grpc/grpc-js';
import {
  BadRequestSchema,
  type ErrorInfo,
  ErrorInfoSchema,
  LocalizedMessageSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from '../../../proto/gen/google/rpc/error_details_pb';
import { StatusSchema } from '../../../proto/gen/google/rpc/status_pb';
import type { StatusDetails } from './error-details';

/** The trailer that carries a google.rpc.Status. @see https://grpc.io/docs/guides/error/#richer-error-model */
export const DETAILS_TRAILER = 'grpc-status-details-bin';

/** The details that an error came with. */
export interface ReadDetails {
  readonly info?: Pick<ErrorInfo, 'reason' | 'metadata'>;
  readonly details: StatusDetails;
}

/** Reads each detail by itself, so that one that cannot be decoded spoils no other. */
export function readDetails(metadata: Metadata | undefined): ReadDetails {
  const left = new Set(decode(metadata));
  const take = <T extends DescMessage>(schema: T): MessageShape<T> | undefined => {
    for (const any of left) {
      const message = unpack(any, schema);
      if (message) return (left.delete(any), message);
    }
    return undefined;
  };
  const info = take(ErrorInfoSchema);
  const known = readKnown(take);
  const details = {
    ...known,
    ...(info?.domain ? { domain: info.domain } : {}),
    ...(left.size > 0 ? { others: [...left] } : {}),
  };
  return { ...(info ? { info } : {}), details };
}

/** A client that fails before there is a stream makes errors without metadata. */
function decode(metadata: Metadata | undefined): Any[] {
  const [bytes] = metadata?.get(DETAILS_TRAILER) ?? [];
  if (!Buffer.isBuffer(bytes)) return [];
  try {
    return fromBinary(StatusSchema, bytes).details;
  } catch {
    return [];
  }
}

function unpack<T extends DescMessage>(any: Any, schema: T): MessageShape<T> | undefined {
  try {
    return anyUnpack(any, schema);
  } catch {
    return undefined;
  }
}

function readKnown(take: <T extends DescMessage>(schema: T) => MessageShape<T> | undefined): StatusDetails {
  const violations = take(BadRequestSchema)?.fieldViolations;
  const delay = take(RetryInfoSchema)?.retryDelay;
  const localized = take(LocalizedMessageSchema);
  const requestId = take(RequestInfoSchema)?.requestId;
  return {
    ...(violations ? { violations: violations.map(({ field, description }) => ({ field, description })) } : {}),
    ...(delay ? { retryAfterMs: Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000 } : {}),
    ...(localized ? { localized: { locale: localized.locale, text: localized.message } } : {}),
    ...(requestId ? { requestId } : {}),
  };
}
