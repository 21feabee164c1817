import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { Client, type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import {
  ServerReflection,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from '../../../proto/gen/grpc/reflection/v1/reflection_pb';
import { fromServiceError } from '../../../services/kit/errors/status-details';
import { StatusError } from '../../../services/kit/errors/status-error';

type Question = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>['messageRequest']>;
type Answer = ServerReflectionResponse['messageResponse'];

/** Asks one question. @returns what the server answers, which may be an error response */
export type Ask = (question: Question) => Promise<Answer>;

/** What many servers still have alone: grpcio, and those built before 2023. It has the same messages. */
const ALPHA = 'grpc.reflection.v1alpha.ServerReflection';

/**
 * Asks a server by reflection v1, or by v1alpha when it does not have that.
 *
 * @param timeoutMs for all questions together
 * @throws StatusError UNAVAILABLE when nothing answers, UNIMPLEMENTED when the server has no reflection
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export async function askServer<T>(target: string, timeoutMs: number, conversation: (ask: Ask) => Promise<T>) {
  const client = new Client(target, credentials.createInsecure());
  const deadline = Date.now() + timeoutMs;
  try {
    return await converse(client, ServerReflection.typeName, deadline, conversation).catch((error: unknown) => {
      if (!mayHaveAlpha(error)) throw error;
      return converse(client, ALPHA, deadline, conversation);
    });
  } catch (error) {
    throw hasCode(error, 'UNIMPLEMENTED') ? withoutReflection(target) : error;
  } finally {
    client.close();
  }
}

/** Proxies answer UNAVAILABLE for a service that they do not know. */
function mayHaveAlpha(error: unknown): boolean {
  return hasCode(error, 'UNIMPLEMENTED') || hasCode(error, 'UNAVAILABLE');
}

function hasCode(error: unknown, code: StatusError['code']): boolean {
  return error instanceof StatusError && error.code === code;
}

function withoutReflection(target: string): StatusError {
  return new StatusError(
    'UNIMPLEMENTED',
    `${target} has no gRPC reflection, neither v1 nor v1alpha, so its methods are unknown; turn it on in that server`,
  );
}

async function converse<T>(
  client: Client,
  service: string,
  deadline: number,
  conversation: (ask: Ask) => Promise<T>,
): Promise<T> {
  const stream = openStream(client, service, deadline);
  try {
    return await conversation(asker(stream, service));
  } finally {
    stream.end();
  }
}

type ReflectionStream = ClientDuplexStream<Question, ServerReflectionResponse>;

function openStream(client: Client, service: string, deadline: number): ReflectionStream {
  return client.makeBidiStreamRequest(
    `/${service}/${ServerReflection.method.serverReflectionInfo.name}`,
    (messageRequest: Question) =>
      Buffer.from(toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, { messageRequest }))),
    (bytes) => fromBinary(ServerReflectionResponseSchema, bytes),
    { deadline },
  );
}

/** One question at a time, each with the answer that follows it. */
function asker(stream: ReflectionStream, service: string): Ask {
  const answers = stream[Symbol.asyncIterator]() as AsyncIterator<ServerReflectionResponse>;
  return async (question) => {
    stream.write(question);
    const next = await answers.next().catch((error: ServiceError) => {
      throw fromServiceError(error, service);
    });
    if (next.done) throw new Error('the server ended reflection early');
    return next.value.messageResponse;
  };
}
