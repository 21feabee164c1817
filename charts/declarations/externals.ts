import type { ServiceSpec } from '../../services/kit/declaration';

/** The services outside that other services call. */
export function externalsOf(services: readonly ServiceSpec[]): ServiceSpec[] {
  const callees = services.flatMap(({ calls }) => Object.values(calls).map(({ service }) => service));
  return [...new Set(callees)].filter(({ external }) => external !== undefined);
}
