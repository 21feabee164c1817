import { invalidArgument } from '../../kit/errors/status-error';

/** Milliseconds. */
const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * The deadline that a request sets with `grpc-timeout`, in gRPC's own syntax: at most 8 digits and a unit, as `500m`
 * for 500 milliseconds or `2S` for 2 seconds. grpc-gateway takes the same header; `x-request-timeout` has no syntax
 * that people agree on and is not read. It can shorten the method's own deadline and not lengthen it; streams, which
 * have none of their own, get one by it.
 *
 * @returns undefined without the header
 * @throws StatusError INVALID_ARGUMENT that names the header
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
 */
export function deadlineOf(timeout: string | string[] | undefined): Date | undefined {
  if (timeout === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(timeout)) ?? [];
  const ms = Number(amount) * (UNITS[unit ?? ''] ?? NaN);
  if (ms > 0) return new Date(Date.now() + ms);
  throw invalidArgument({
    'grpc-timeout': 'must be 1 to 8 digits, not all zero, followed by H, M, S, m, u or n, such as 500m',
  });
}
