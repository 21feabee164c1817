import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import { hasOneRequest, pathOf, type ServiceSpec } from '../../../services/kit/declaration';
import { durationOf, type IstioDuration, type Retries } from '../istio';

/** Methods that the mesh treats alike. */
export interface MethodGroup {
  /** Says what they share, for example `idempotent-3s` or `stream`. */
  name: string;
  /** None on streams. */
  timeout?: IstioDuration;
  retries: Retries;
  /** Sorted. */
  paths: string[];
}

/** What never reached the application can be tried again whatever the method does. */
export const RETRY_UNSENT: Retries = { attempts: 2, retryOn: 'connect-failure,refused-stream' };

/** The same, and what did reach it but got no answer, or was told to come back. */
const RETRY_ALL: Retries = { attempts: 2, retryOn: 'connect-failure,refused-stream,unavailable,reset' };

/**
 * The methods of a service by how the mesh treats them: those that may be called twice, by the contract's
 * `idempotency_level`, apart from the others, and each deadline apart.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry
 */
export function methodGroupsOf(spec: ServiceSpec): MethodGroup[] {
  const groups = new Map<string, MethodGroup>();
  for (const { contract, timeoutMs } of spec.serves)
    for (const method of contract.methods) {
      const group = groupOf(method, timeoutMs(method.localName));
      const paths = groups.get(group.name)?.paths ?? [];
      groups.set(group.name, { ...group, paths: [...paths, pathOf(method)] });
    }
  const sorted = [...groups.values()].map((group) => ({ ...group, paths: [...new Set(group.paths)].sort() }));
  return sorted.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function groupOf(method: DescMethod, timeoutMs: number | undefined): Omit<MethodGroup, 'paths'> {
  const timeout = timeoutMs === undefined ? undefined : durationOf(timeoutMs);
  const again = isIdempotent(method);
  return {
    name: [again ? 'idempotent' : 'once', timeout ?? 'stream'].join('-'),
    ...(timeout !== undefined && { timeout }),
    retries: again ? RETRY_ALL : RETRY_UNSENT,
  };
}

/** As the contract says; a stream of requests cannot be sent again, so that does not count there. */
function isIdempotent(method: DescMethod): boolean {
  const isSafe = [Idempotency.NO_SIDE_EFFECTS, Idempotency.IDEMPOTENT].includes(method.idempotency);
  return isSafe && hasOneRequest(method);
}
