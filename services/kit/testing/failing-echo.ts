import type { Handlers } from '../protocol/rpc';
import { type Served, serve } from './serve';
import { callEcho, echo } from './echo';

/** An echo service. Every method fails with what `fault` makes. */
export function serveFailing(fault: () => unknown): Promise<Served<typeof callEcho>> {
  const fail = (): never => {
    // Handlers may throw anything, and so do the tests.

    throw fault();
  };
  return serve(echo, { say: fail, collect: fail, expand: fail, chat: fail } satisfies Handlers<typeof echo>, callEcho);
}
