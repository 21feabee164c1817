import { comments } from '../../proto/gen/comments';
import { run } from '../kit/runtime/run';
import { bindingsOf, describeFaults } from './routing/bindings';
import { createGateway } from './server';
import { gateway } from './service';
import { SETTINGS } from './settings';

run(
  gateway,
  ({ clients, health, log, settings }) => {
    // `weft generate` refuses such rules, but contracts may come from elsewhere.
    for (const fault of describeFaults(gateway.calls)) log.error({ fault }, 'HTTP rule is not served');
    return createGateway({ bindings: bindingsOf(gateway.calls), comments, clients, health, log, settings });
  },
  { settings: SETTINGS },
);
