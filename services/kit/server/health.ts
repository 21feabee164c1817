import type { Server } from '@grpc/grpc-js';
import type * as healthCheck from 'grpc-health-check';
import { addLateService, type LibraryService, servicesOf } from './late-service';
import { LIVENESS } from '../declaration';

/** Whether a service takes calls. */
export interface Health {
  readonly serving: boolean;
  set(serving: boolean): void;
}

/** Creates a health that is NOT_SERVING at first. @param changed is called at every change */
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

const UNARY = { requestStream: false, responseStream: false };

/**
 * Adds grpc.health.v1.Health. Its library parses a .proto file, so the first question loads it.
 *
 * @param names the full names of the served contracts; callers ask for one of them, or for '' for all
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function addHealth(server: Pick<Server, 'addService'>, names: string[]): Health {
  const all = ['', ...names];
  let library: { setStatus: healthCheck.HealthImplementation['setStatus']; service: LibraryService } | undefined;
  const health = createHealth((serving) => {
    for (const name of all) library?.setStatus(name, statusOf(serving));
  });
  const load = (): LibraryService => (library ??= loadHealth(all, statusOf(health.serving))).service;
  const kinds = { Check: UNARY, Watch: { requestStream: false, responseStream: true }, List: UNARY };
  addLateService(server, 'grpc.health.v1.Health', kinds, load);
  return health;
}

function statusOf(serving: boolean): healthCheck.ServingStatus {
  return serving ? 'SERVING' : 'NOT_SERVING';
}

function loadHealth(names: string[], status: healthCheck.ServingStatus) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import()` would make every call wait for it
  const { HealthImplementation } = require('grpc-health-check') as typeof healthCheck;
  const statuses = Object.fromEntries(names.map((name) => [name, status]));
  const implementation = new HealthImplementation({ [LIVENESS]: 'SERVING', ...statuses });
  const [service] = servicesOf(implementation) as [LibraryService];
  return { setStatus: implementation.setStatus.bind(implementation), service };
}
