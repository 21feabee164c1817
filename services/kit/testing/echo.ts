import type { Message as AnyMessage } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { defineService } from '../declaration';
import { fixtureContract } from './contract-of';

// A contract with all four kinds of RPC, for tests: the reference application has no use for a bidirectional one.

type EchoMessage = AnyMessage<'test.Message'> & { text: string; count: number };

interface Messages {
  input: GenMessage<EchoMessage>;
  output: GenMessage<EchoMessage>;
}

// A type, not an interface: only types have the index signature that contracts ask for.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type EchoMethods = {
  say: { methodKind: 'unary' } & Messages;
  collect: { methodKind: 'client_streaming' } & Messages;
  expand: { methodKind: 'server_streaming' } & Messages;
  chat: { methodKind: 'bidi_streaming' } & Messages;
};

/** What is sent. */
export interface Message {
  text?: string;
  count?: number;
}

const messages = { input: 'Message', output: 'Message' };

export const Echo = fixtureContract<EchoMethods>(
  'test.Echo',
  { Message: { text: 'STRING', count: 'INT32' } },
  {
    Say: messages,
    Collect: { ...messages, clientStreaming: true },
    Expand: { ...messages, serverStreaming: true },
    Chat: { ...messages, clientStreaming: true, serverStreaming: true },
  },
);

export const echo = defineService({ name: 'echo', serves: Echo, timeouts: { say: '30s' } });

export const callEcho = echo.only('say', 'collect', 'expand', 'chat');
