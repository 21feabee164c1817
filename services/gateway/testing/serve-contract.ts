import type { DescMessage, Message } from '@bufbuild/protobuf';
import pino from 'pino';
import { compile } from '../../../proto/http/testing/compile';
import { connect } from '../../kit/client/client';
import type { Contract } from '../../kit/declaration/contract';
import { messageToJson } from '../../kit/json/json';
import { serve } from '../../kit/testing/serve';
import { defineService } from '../../kit/declaration';
import { bindingsOf } from '../routing/bindings';
import { createGateway } from '../server';
import { SETTINGS } from '../settings';

/** What a method was called with. */
export interface Seen {
  readonly method: string;
  readonly request: Record<string, unknown>;
}

/** A gateway in front of a service with a contract of a test's own. */
export interface ServedContract {
  readonly url: string;
  /** Every call so far; requests are as JSON has them. */
  readonly seen: Seen[];
  stop(): Promise<void>;
}

/**
 * Serves the service `Test` of a contract and a gateway before it.
 *
 * @param text of the contract, in package `test`
 * @param handlers by name; methods without one answer with their request
 * @param environment of the service
 */
export async function serveContract(
  text: string,
  handlers: Readonly<Record<string, (request: never) => unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<ServedContract> {
  const contract = (await compile(text)).getService('test.Test') as unknown as Contract;
  const spec = defineService({ name: 'test', serves: contract });
  const calls = spec.only(...(contract.methods.map(({ localName }) => localName) as never[]));
  const seen: Seen[] = [];
  const all = contract.methods.map(({ localName, input }) => [
    localName,
    (request: Message) => {
      if (!(Symbol.asyncIterator in request)) seen.push({ method: localName, request: jsonOf(input, request) });
      return handlers[localName] ? handlers[localName](request as never) : request;
    },
  ]);
  const served = await serve(spec, Object.fromEntries(all) as never, calls, environment);
  const connection = connect(calls, served.address);
  const app = createGateway({
    bindings: bindingsOf({ test: calls }),
    comments: {},
    clients: { test: connection.client },
    health: { serving: true },
    log: pino({ level: 'silent' }),
    settings: SETTINGS.parse({}),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = async (): Promise<void> => {
    await app.close();
    connection.close();
    await served.stop();
  };
  return { url, seen, stop };
}

function jsonOf(input: DescMessage, request: Message): Record<string, unknown> {
  return messageToJson(input, request) as Record<string, unknown>;
}
