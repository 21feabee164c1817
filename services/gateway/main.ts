import { descriptorSet } from '../../proto/gen/descriptors';
import { run } from '../kit/run';
import { createTranscoder } from '../kit/transcode';
import { bindingsOf } from './bindings';
import { createGateway } from './server';
import { gateway } from './service';
import { SETTINGS } from './settings';

run(
  gateway,
  ({ bytesClients, health, log, settings }) =>
    createGateway({
      bindings: bindingsOf(gateway.calls),
      clients: bytesClients,
      codecOf: createTranscoder(descriptorSet),
      health,
      log,
      settings,
    }),
  { settings: SETTINGS },
);
