import type { Service } from '../kit/declaration';
import { run } from '../kit/runtime/run';
import { bindingsOf, describeFaults } from './routing/bindings';
import { createGateway } from './server';
import { SETTINGS } from './settings';

/**
 * Runs a gateway as a process: HTTP/JSON for the methods that its declaration calls, where their contracts say with
 * `google.api.http` how.
 *
 * @param spec a declaration with `http: true`
 * @param comments of the contracts, `proto/gen/comments`, for the OpenAPI document
 */
export function runGateway(spec: Service, comments: Readonly<Record<string, string>>): void {
  run(
    spec,
    ({ clients, health, log, settings }) => {
      // `weft generate` refuses these, but not every contract comes from there.
      for (const fault of describeFaults(spec.calls)) log.error({ fault }, 'rule without a route');
      return createGateway({ bindings: bindingsOf(spec.calls), comments, clients, health, log, settings });
    },
    { settings: SETTINGS },
  );
}
