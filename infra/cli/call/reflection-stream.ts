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

/** Asks one question. The answer may be an error response. */
export type Ask = (question: Question) => Promise<Answer>;

/** The only version of grpcio and of servers built before 2023; its messages are those of v1. */
const ALPHA = 'grpc.reflection.v1alpha.ServerReflection';

/**
 * Asks a server by reflection v1, or by v1alpha if it does not have v1.
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
    throw hasCode(error, 'UNIMPLEMENTED') ? reflectionMissing(target) : error;
  } finally {
    client.close();
  }
}

/** A proxy answers UNAVAILABLE for a service it does not know. */
function mayHaveAlpha(error: unknown): boolean {
  return hasCode(error, 'UNIMPLEMENTED') || hasCode(error, 'UNAVAILABLE');
}

function hasCode(error: unknown, code: StatusError['code']): boolean {
  return error instanceof StatusError && error.code === code;
}

function reflectionMissing(target: string): StatusError {
  return new StatusError(
    'UNIMPLEMENTED',
    `${target} does not support gRPC reflection (v1 or v1alpha), so its methods are unknown; enable it in that server`,
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
    return await conversation(createAsk(stream, service));
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

/** Asks one question at a time: the next response is its answer. */
function createAsk(stream: ReflectionStream, service: string): Ask {
  const answers = stream[Symbol.asyncIterator]() as AsyncIterator<ServerReflectionResponse>;
  return async (question) => {
    stream.write(question);
    const next = await answers.next().catch((error: ServiceError) => {
      throw fromServiceError(error, service);
    });
    if (next.done) throw new Error('the server closed the reflection stream early');
    return next.value.messageResponse;
  };
}
