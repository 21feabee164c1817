import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { LIVENESS } from './spec';

/** Whether a service takes calls. */
export interface Health {
  readonly serving: boolean;
  set(serving: boolean): void;
}

/** Health that says NOT_SERVING until told otherwise. @param changed is told of every change */
export function createHealth(changed: (serving: boolean) => void = () => undefined): Health {
  let serving = false;
  return {
    get serving() {
      return serving;
    },
    set: (value) => {
      if (value === serving) return;
      serving = value;
      changed(value);
    },
  };
}

/**
 * Adds grpc.health.v1.Health.
 *
 * @param names the full names of the contracts served; callers may ask for each, or for '' for all
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function addHealth(server: Pick<Server, 'addService'>, names: string[]): Health {
  const all = ['', ...names];
  const implementation = new HealthImplementation({
    [LIVENESS]: 'SERVING',
    ...Object.fromEntries(all.map((name) => [name, 'NOT_SERVING' as const])),
  });
  implementation.addToServer(server);
  return createHealth((serving) => {
    for (const name of all) implementation.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  });
}
