import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import { hasOneRequest, pathOf, type ServiceSpec } from '../../../services/kit/declaration';
import { durationOf, type Retries } from '../istio';
import type { RouteGroup } from './route-groups';

/** A call that never reached the application can be repeated, whatever the method does. */
export const RETRY_UNSENT: Retries = { attempts: 2, retryOn: 'connect-failure,refused-stream' };

/** Also repeats calls that reached the application and got no answer, or UNAVAILABLE. */
const RETRY_ALL: Retries = { attempts: 2, retryOn: 'connect-failure,refused-stream,unavailable,reset' };

/**
 * The gRPC methods of a service in groups of one deadline and one kind of retries: the contract's `idempotency_level`
 * says which methods may be called twice.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry
 */
export function methodGroupsOf(spec: ServiceSpec): RouteGroup[] {
  const groups = new Map<string, { treatment: Omit<RouteGroup, 'matches'>; paths: Set<string> }>();
  for (const { contract, timeoutMs } of spec.serves)
    for (const method of contract.methods) {
      const treatment = treatmentOf(method, timeoutMs(method.localName));
      const { paths } = groups.get(treatment.name) ?? { paths: new Set() };
      groups.set(treatment.name, { treatment, paths: paths.add(pathOf(method)) });
    }
  const sorted = [...groups.values()].sort((a, b) => (a.treatment.name < b.treatment.name ? -1 : 1));
  return sorted.map(({ treatment, paths }) => ({
    ...treatment,
    matches: [...paths].sort().map((exact) => ({ uri: { exact } })),
  }));
}

function treatmentOf(method: DescMethod, timeoutMs: number | undefined): Omit<RouteGroup, 'matches'> {
  const timeout = timeoutMs === undefined ? undefined : durationOf(timeoutMs);
  const canRepeat = isRepeatable(method);
  return {
    name: [canRepeat ? 'idempotent' : 'once', timeout ?? 'stream'].join('-'),
    ...(timeout !== undefined && { timeout }),
    retries: canRepeat ? RETRY_ALL : RETRY_UNSENT,
  };
}

/** As the contract says. A stream of requests cannot be sent again, whatever its contract says. */
export function isRepeatable(method: DescMethod): boolean {
  const isIdempotent = [Idempotency.NO_SIDE_EFFECTS, Idempotency.IDEMPOTENT].includes(method.idempotency);
  return isIdempotent && hasOneRequest(method);
}
