import {
  type CallContext,
  type ClientInterceptor,
  connect,
  type Handlers,
  type InterceptedCall,
  type MessageStream,
  type Next,
  run,
  type ServerInterceptor,
  StatusError,
} from '..';
import { callPatientEcho, patientEcho } from './programs/patient-echo';

// The samples of docs/interceptors.md, which a test compares with the page and runs.

/** Sends the service's own token with every call. */
export function sendToken(getToken: () => Promise<string>): ClientInterceptor {
  return async function* (requests, call, next) {
    call.metadata.set('authorization', `Bearer ${await getToken()}`);
    yield* next(requests, call);
  };
}

/** Refuses calls without a valid token, and says whose token it is. */
export function requireToken(verify: (token: string) => Promise<{ subject: string }>): ServerInterceptor {
  return async function* (requests, call, next) {
    const [header] = call.metadata.get('authorization');
    const [, token] = /^Bearer (.+)$/.exec(String(header)) ?? [];
    if (token === undefined) throw new StatusError('UNAUTHENTICATED', 'token.missing');
    const { subject } = await verify(token).catch((cause: unknown) => {
      throw new StatusError('UNAUTHENTICATED', 'token.invalid', {}, { cause });
    });
    call.user = { id: subject };
    yield* next(requests, call);
  };
}

/** Logs how long each call took and how many replies it had. */
export const logCalls: ServerInterceptor = async function* (requests, call, next) {
  const started = performance.now();
  let replies = 0;
  try {
    for await (const reply of next(requests, call)) {
      replies += 1;
      yield reply;
    }
  } finally {
    call.log.info({ method: call.method.name, replies, ms: performance.now() - started }, 'timed');
  }
};

/** Measures calls, on a server or a client. */
export function timeCalls(record: (method: string, milliseconds: number) => void) {
  return async function* <C extends InterceptedCall>(requests: MessageStream, call: C, next: Next<C>) {
    const started = performance.now();
    try {
      yield* next(requests, call);
    } finally {
      record(`${call.method.parent.typeName}/${call.method.name}`, performance.now() - started);
    }
  };
}

/** Refuses streams of more requests than a limit. */
export function limitRequests(limit: number): ServerInterceptor {
  return (requests, call, next) => next(atMost(limit, requests), call);
}

async function* atMost(limit: number, requests: MessageStream) {
  let count = 0;
  for await (const request of requests) {
    count += 1;
    if (count > limit) throw new StatusError('RESOURCE_EXHAUSTED', 'requests.too-many', { limit: String(limit) });
    yield request;
  }
}

interface Tokens {
  verify(token: string): Promise<{ subject: string }>;
  getToken(): Promise<string>;
}

/** A service with interceptors. Never called: it would run until a signal. */
export function runWithInterceptors(handlers: Handlers<typeof patientEcho>, { verify, getToken }: Tokens): void {
  run(patientEcho, () => handlers, {
    interceptors: [logCalls, requireToken(verify)],
    clientInterceptors: [sendToken(getToken)],
  });
}

/** A call of a client with an interceptor. */
export async function callWithToken(target: string, { getToken }: Tokens, context: CallContext): Promise<string> {
  const { client, close } = connect(callPatientEcho, target, { interceptors: [sendToken(getToken)] });
  const { text } = await client.say({ text: 'hello' }, context);
  close();
  return text;
}
