import type { Any } from '@bufbuild/protobuf/wkt';
import type { status } from '@grpc/grpc-js';

/** The name of a gRPC status code other than OK. @see https://grpc.io/docs/guides/status-codes/ */
export type StatusCode = Exclude<keyof typeof status, 'OK'>;

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Its path, in the contract's own names: `document.material_code`, `user_ids[2]`. */
  readonly field: string;
  /** The end of a sentence that begins with the field: `must not be empty`. */
  readonly description: string;
}

/** A text for the person at the end of the line. */
export interface LocalizedText {
  /** A BCP 47 tag. */
  readonly locale: string;
  readonly text: string;
}

/** What a failure can say beyond its code and reason. */
export interface StatusDetails {
  /** Fields that break the contract's rules; with INVALID_ARGUMENT. */
  readonly violations?: readonly FieldViolation[];
  /** How long to wait before trying again, in milliseconds; only where trying again may help. */
  readonly retryAfterMs?: number;
  /** The service that failed; set on errors of callees. */
  readonly domain?: string;
  /** The failing service's text for people; set on errors of callees. */
  readonly localized?: LocalizedText;
  /** The request that failed; set on errors of callees. */
  readonly requestId?: string;
  /**
   * Details of a callee that the kit does not read: another type, such as google.rpc.QuotaFailure, or bytes that cannot
   * be decoded. `anyUnpack` reads them. They stay in this service, since a DebugInfo has a stack trace.
   */
  readonly others?: readonly Any[];
}
