import { comments } from '../../proto/gen/comments';
import { run } from '../kit/run';
import { bindingsOf } from './bindings';
import { createGateway } from './server';
import { gateway } from './service';
import { SETTINGS } from './settings';

run(
  gateway,
  ({ clients, health, log, settings }) =>
    createGateway({
      bindings: bindingsOf(gateway.calls),
      comments,
      clients,
      health,
      log,
      settings,
    }),
  { settings: SETTINGS },
);
