import { createServer, type Server, type Socket } from 'node:net';
import type { sendUnaryData, ServerUnaryCall, status } from '@grpc/grpc-js';
import type { LoadTelemetry, Telemetry } from '../telemetry';
import type { Encoding } from './encoding';
import { MAX_EXPORT_BYTES } from './limits';
import type { Signal } from './signals';

/**
 * Receives OTLP over gRPC. grpc-js is loaded with the first connection: it is the slowest part of a start, and few
 * clients need it.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function createGrpcReceiver(load: LoadTelemetry): Server {
  let injector: ReturnType<typeof createInjector> | undefined;
  return createServer((connection: Socket) => {
    connection.on('error', () => connection.destroy());
    injector ??= createInjector(load);
    void injector.then(
      ({ injectConnection }) => injectConnection(connection),
      () => connection.destroy(),
    );
  });
}

async function createInjector(load: LoadTelemetry) {
  const telemetry = await load();
  const grpc = await import('@grpc/grpc-js');
  const { PROTOBUF } = await import('./encoding');
  const { SIGNALS } = await import('./signals');
  const server = new grpc.Server({ 'grpc.max_receive_message_length': MAX_EXPORT_BYTES });
  for (const signal of Object.values(SIGNALS)) {
    const name = signal.method;
    const codec = { serialize: Buffer.from, deserialize: (bytes: Buffer) => bytes };
    server.addService(
      {
        [name]: {
          path: name,
          requestStream: false,
          responseStream: false,
          requestDeserialize: codec.deserialize,
          requestSerialize: codec.serialize,
          responseDeserialize: codec.deserialize,
          responseSerialize: codec.serialize,
        },
      },
      { [name]: handler(telemetry, signal, PROTOBUF, grpc.status.INVALID_ARGUMENT) },
    );
  }
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  return { injectConnection: (connection: Socket) => injector.injectConnection(connection) };
}

function handler(telemetry: Telemetry, signal: Signal, encoding: Encoding, malformed: status) {
  return ({ request }: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>): void => {
    let answer: Uint8Array;
    try {
      answer = signal.take(telemetry, encoding, request);
    } catch (error) {
      reply({ code: malformed, details: `the export cannot be read: ${(error as Error).message}` });
      return;
    }
    reply(null, Buffer.from(answer));
  };
}
