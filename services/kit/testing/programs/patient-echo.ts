import { Echo } from '../echo';
import type { Handlers } from '../../protocol/rpc';
import { defineService } from '../../declaration';

/** The echo service with a deadline that no busy machine exceeds. */
export const patientEcho = defineService({ name: 'echo', serves: Echo, timeouts: { say: '2m' } });

export const callPatientEcho = patientEcho.only('say', 'collect', 'expand', 'chat');

/** Handlers that do next to nothing, for tests that are about one of them or none. */
export const idleHandlers: Handlers<typeof patientEcho> = {
  say: ({ text }) => ({ text }),
  collect: async () => ({}),
  expand: () => [],
  chat: () => [],
};
